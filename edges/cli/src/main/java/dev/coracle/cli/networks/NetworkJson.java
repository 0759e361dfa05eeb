package dev.coracle.cli.networks;

import dev.coracle.cli.view.Units;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.engine.networks.NetworkView;
import dev.coracle.gotemplate.GoStruct;
import java.util.TreeMap;

/// A network as docker's `inspect` shows it.
public final class NetworkJson {
    private NetworkJson() {}

    public static GoStruct of(NetworkView view) {
        var spec = view.network().spec();
        var containers = new TreeMap<String, GoStruct>();
        view.members().forEach(member -> containers.put(member.containerId(), member(member)));
        return GoStruct.of("network.Inspect")
                .put("Name", spec.name())
                .put("ID", "Id", view.network().id())
                .put("Created", Units.json(view.network().createdAt()))
                .put("Scope", "local")
                .put("Driver", spec.driver())
                .put("EnableIPv4", true)
                .put("EnableIPv6", spec.ipv6())
                .put(
                        "IPAM",
                        GoStruct.of("network.IPAM")
                                .put("Driver", "default")
                                .put("Options", null)
                                .put(
                                        "Config",
                                        spec.subnets().stream()
                                                .map(NetworkJson::subnet)
                                                .toList())
                                .build())
                .put("Internal", spec.internal())
                .put("Attachable", false)
                .put("Ingress", false)
                .put("Containers", containers)
                .put("Options", new TreeMap<>(spec.options()))
                .put("Labels", new TreeMap<>(spec.labels()))
                .build();
    }

    private static GoStruct subnet(NetworkSpec.Subnet subnet) {
        return GoStruct.of("network.IPAMConfig")
                .put("Subnet", subnet.cidr())
                .optional("IPRange", "IPRange", subnet.range())
                .optional("Gateway", "Gateway", subnet.gateway())
                .build();
    }

    private static GoStruct member(NetworkView.Member member) {
        return GoStruct.of("network.EndpointResource")
                .put("Name", member.containerName())
                .put("EndpointID", "")
                .put("MacAddress", member.endpoint().mac())
                .put("IPv4Address", member.endpoint().address())
                .put("IPv6Address", member.endpoint().address6())
                .build();
    }
}
