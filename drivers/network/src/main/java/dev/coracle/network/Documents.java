package dev.coracle.network;

import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.SandboxSpec;
import dev.coracle.network.Document.Fields;
import dev.coracle.network.Member.Connection;
import dev.coracle.network.Member.Origin;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Networks and sandboxes as documents, and back.
final class Documents {
    private Documents() {}

    static String of(Network network) {
        var spec = network.spec();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", network.id());
        fields.put("name", spec.name());
        fields.put("driver", spec.driver());
        fields.put("subnets", spec.subnets().stream().map(Documents::subnet).toList());
        fields.put("ipv6", spec.ipv6());
        fields.put("internal", spec.internal());
        fields.put("options", spec.options());
        fields.put("labels", spec.labels());
        fields.put("device", network.device());
        fields.put("createdAt", network.createdAt());
        return Document.write(fields);
    }

    private static Map<String, Object> subnet(Subnet subnet) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("cidr", subnet.cidr());
        fields.put("gateway", subnet.gateway());
        fields.put("range", subnet.range());
        return fields;
    }

    static Network network(String document) {
        var fields = Document.read(document);
        var subnets = fields.objects("subnets").stream()
                .map(subnet -> new Subnet(subnet.text("cidr"), subnet.text("gateway"), subnet.text("range")))
                .toList();
        var spec = new NetworkSpec(
                fields.text("name"),
                fields.text("driver"),
                subnets,
                fields.is("ipv6"),
                fields.is("internal"),
                fields.map("options"),
                fields.map("labels"));
        return new Network(fields.text("id"), spec, fields.text("device"), Instant.parse(fields.text("createdAt")));
    }

    static String of(Member member) {
        var spec = member.spec();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", member.id());
        fields.put("name", spec.containerName());
        fields.put("hostname", spec.hostname());
        fields.put("dns", spec.dnsServers());
        fields.put("sysctls", spec.sysctls());
        fields.put(
                "connections",
                member.connections().stream().map(Documents::connection).toList());
        fields.put("ports", member.ports().stream().map(Documents::port).toList());
        return Document.write(fields);
    }

    private static Map<String, Object> connection(Connection connection) {
        var endpoint = connection.endpoint();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("network", endpoint.network());
        fields.put("networkId", endpoint.networkId());
        fields.put("device", endpoint.device());
        fields.put("mac", endpoint.mac());
        fields.put("address", endpoint.address());
        fields.put("gateway", endpoint.gateway());
        fields.put("address6", endpoint.address6());
        fields.put("gateway6", endpoint.gateway6());
        fields.put("aliases", endpoint.aliases());
        switch (connection.origin()) {
            case Origin.Port(var link) -> fields.put("port", link);
            case Origin.Plan(var document, var made) -> {
                fields.put("plan", document);
                fields.put("made", made);
            }
        }
        fields.put("inward", connection.inward());
        fields.put("resolvers", connection.resolvers());
        return fields;
    }

    private static Map<String, Object> port(PortBinding binding) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("protocol", binding.protocol());
        fields.put("hostAddress", binding.hostAddress());
        fields.put("hostPort", binding.hostPort());
        fields.put("containerPort", binding.containerPort());
        fields.put("sourceKept", binding.sourceKept());
        return fields;
    }

    static Member member(String document) {
        var fields = Document.read(document);
        var spec = new SandboxSpec(
                fields.text("name"), fields.text("hostname"), fields.texts("dns"), fields.map("sysctls"));
        List<Connection> connections = fields.objects("connections").stream()
                .map(Documents::connection)
                .toList();
        List<PortBinding> ports =
                fields.objects("ports").stream().map(Documents::port).toList();
        return new Member(fields.text("id"), spec, connections, ports);
    }

    private static Connection connection(Fields fields) {
        var endpoint = new Endpoint(
                fields.text("network"),
                fields.text("networkId"),
                fields.text("device"),
                fields.text("mac"),
                fields.text("address"),
                fields.text("gateway"),
                fields.text("address6"),
                fields.text("gateway6"),
                fields.texts("aliases"));
        var plan = fields.text("plan");
        var origin = plan.isEmpty() ? new Origin.Port(fields.text("port")) : new Origin.Plan(plan, fields.is("made"));
        var resolvers = fields.texts("resolvers");
        // of a daemon that did not write them: the bridge's gateway answers
        var gateway = Optional.of(endpoint.gateway()).filter(text -> plan.isEmpty() && !text.isEmpty());
        return new Connection(
                endpoint,
                origin,
                fields.is("inward"),
                resolvers.isEmpty() ? gateway.stream().toList() : resolvers);
    }

    private static PortBinding port(Fields fields) {
        return new PortBinding(
                PortBinding.Protocol.valueOf(fields.text("protocol")),
                fields.text("hostAddress"),
                Integer.parseInt(fields.text("hostPort")),
                Integer.parseInt(fields.text("containerPort")),
                fields.is("sourceKept"));
    }
}
