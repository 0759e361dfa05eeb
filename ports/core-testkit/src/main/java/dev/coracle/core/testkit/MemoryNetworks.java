package dev.coracle.core.testkit;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.core.networks.BridgeOptions;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.networks.SandboxSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Networks that only keep books: the same answers and refusals, no packet ever moves.
public final class MemoryNetworks implements Networks {
    private static final int FIRST_FREE_PORT = 49_153;

    private final Map<String, Network> networks = new LinkedHashMap<>();
    private final Map<String, Sandbox> sandboxes = new LinkedHashMap<>();
    private final Path folder;
    private final InstantSource clock;

    /// @param folder where namespaces would be; nothing is made there
    public MemoryNetworks(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
        create(new NetworkSpec(
                DEFAULT, "bridge", List.of(new Subnet("10.4.0.0/24", "", "")), false, false, Map.of(), Map.of()));
    }

    @Override
    public synchronized Network create(NetworkSpec spec) {
        if (Set.of("host", "none", "default").contains(spec.name())
                || spec.name().isEmpty()) {
            throw new InvalidArgument("network name \"" + spec.name() + "\" is reserved");
        }
        if (networks.containsKey(spec.name())) {
            throw new AlreadyExists("network with name " + spec.name() + " already exists");
        }
        if (!spec.driver().equals("bridge")) {
            throw new NotImplemented("network driver \"" + spec.driver() + "\"");
        }
        BridgeOptions.of(spec);
        var id = "%064x".formatted(Integer.toUnsignedLong(spec.name().hashCode()));
        var network = new Network(id, withSubnets(spec), "cor-" + id.substring(53), now());
        networks.put(spec.name(), network);
        return network;
    }

    private Instant now() {
        return clock.instant();
    }

    private NetworkSpec withSubnets(NetworkSpec spec) {
        var subnets = new ArrayList<Subnet>();
        for (var wanted : spec.subnets()) {
            var cidr = Cidr.parse(wanted.cidr());
            overlapping(cidr).ifPresent(other -> {
                throw new Conflict("subnet " + cidr + " overlaps network \"" + other + "\"");
            });
            subnets.add(complete(cidr, wanted));
        }
        for (var third = 1; subnets.isEmpty(); third++) {
            var cidr = Cidr.parse("10.4." + third + ".0/24");
            if (overlapping(cidr).isEmpty()) {
                subnets.add(complete(cidr, new Subnet("", "", "")));
            }
        }
        return new NetworkSpec(
                spec.name(), spec.driver(), subnets, spec.ipv6(), spec.internal(), spec.options(), spec.labels());
    }

    private static Subnet complete(Cidr cidr, Subnet wanted) {
        var gateway = wanted.gateway().isEmpty() ? cidr.at(1) : Cidr.address(wanted.gateway());
        if (!cidr.isUsable(gateway)) {
            throw new InvalidArgument("gateway " + Cidr.text(gateway) + " is not in subnet " + cidr);
        }
        return new Subnet(cidr.toString(), Cidr.text(gateway), wanted.range());
    }

    private Optional<String> overlapping(Cidr cidr) {
        return networks.values().stream()
                .filter(network -> network.spec().subnets().stream()
                        .anyMatch(subnet -> Cidr.parse(subnet.cidr()).overlaps(cidr)))
                .map(Network::name)
                .findFirst();
    }

    @Override
    public synchronized Network get(String nameOrId) {
        var named = networks.get(nameOrId);
        if (named != null) {
            return named;
        }
        var found = networks.values().stream()
                .filter(network -> !nameOrId.isEmpty() && network.id().startsWith(nameOrId))
                .toList();
        if (found.size() > 1) {
            throw new InvalidArgument("network id \"" + nameOrId + "\" is ambiguous");
        }
        return found.stream().findFirst().orElseThrow(() -> new NotFound("no such network: " + nameOrId));
    }

    @Override
    public synchronized List<Network> list() {
        return List.copyOf(networks.values());
    }

    @Override
    public synchronized void remove(String nameOrId) {
        var network = get(nameOrId);
        if (network.name().equals(DEFAULT)) {
            throw new FailedPrecondition("network \"" + DEFAULT + "\" exists always");
        }
        sandboxes.values().stream()
                .filter(sandbox -> connection(sandbox, network).isPresent())
                .findFirst()
                .ifPresent(user -> {
                    throw new FailedPrecondition("network \"" + network.name() + "\" is used by " + user.id());
                });
        networks.remove(network.name());
    }

    private static Optional<Endpoint> connection(Sandbox sandbox, Network network) {
        return sandbox.endpoints().stream()
                .filter(endpoint -> endpoint.networkId().equals(network.id()))
                .findFirst();
    }

    @Override
    public synchronized Path open(String id, SandboxSpec spec) {
        var path = folder.resolve(id.replace('/', '+'));
        if (sandboxes.putIfAbsent(id, new Sandbox(id, spec, path, List.of(), List.of(), List.of())) != null) {
            throw new AlreadyExists("sandbox " + id);
        }
        return path;
    }

    @Override
    public synchronized Endpoint connect(String id, EndpointSpec wanted) {
        var sandbox = sandbox(id);
        var network = get(wanted.network());
        if (connection(sandbox, network).isPresent()) {
            throw new AlreadyExists("sandbox " + id + " is connected to network \"" + network.name() + "\"");
        }
        var subnet = network.spec().subnets().getFirst();
        var cidr = Cidr.parse(subnet.cidr());
        var address = wanted.address().isEmpty() ? free(network, cidr, subnet) : claimed(network, cidr, wanted);
        var endpoint = new Endpoint(
                network.name(),
                network.id(),
                "eth" + sandbox.endpoints().size(),
                wanted.mac().isEmpty() ? "02:00:00:00:00:00" : wanted.mac(),
                address + "/" + cidr.prefix(),
                subnet.gateway(),
                "",
                "",
                wanted.aliases());
        put(
                sandbox,
                Stream.concat(sandbox.endpoints().stream(), Stream.of(endpoint)).toList(),
                sandbox.ports());
        return endpoint;
    }

    private String claimed(Network network, Cidr cidr, EndpointSpec wanted) {
        var address = Cidr.address(wanted.address());
        if (!cidr.isUsable(address)) {
            throw new InvalidArgument("address " + wanted.address() + " is not in subnet " + cidr);
        }
        var owner = used(network).get(Cidr.text(address));
        if (owner != null) {
            throw new Conflict("address " + wanted.address() + " is used by " + owner);
        }
        return Cidr.text(address);
    }

    private String free(Network network, Cidr cidr, Subnet subnet) {
        var used = used(network);
        for (var offset = 1L; offset < cidr.size(); offset++) {
            var address = cidr.at(offset);
            var text = Cidr.text(address);
            if (cidr.isUsable(address) && !text.equals(subnet.gateway()) && !used.containsKey(text)) {
                return text;
            }
        }
        throw new dev.coracle.base.EngineException.ResourceExhausted("no free address in " + cidr);
    }

    private Map<String, String> used(Network network) {
        var used = new HashMap<String, String>();
        for (var sandbox : sandboxes.values()) {
            connection(sandbox, network)
                    .ifPresent(endpoint -> used.put(
                            endpoint.address().substring(0, endpoint.address().indexOf('/')), sandbox.id()));
        }
        return used;
    }

    private void put(Sandbox sandbox, List<Endpoint> endpoints, List<PortBinding> ports) {
        var resolvers = endpoints.stream().map(Endpoint::gateway).limit(1).toList();
        sandboxes.put(
                sandbox.id(),
                new Sandbox(sandbox.id(), sandbox.spec(), sandbox.namespace(), endpoints, ports, resolvers));
    }

    @Override
    public synchronized void disconnect(String id, String network) {
        var sandbox = sandbox(id);
        var gone = connection(sandbox, get(network))
                .orElseThrow(() -> new NotFound("sandbox " + id + " is not connected to network \"" + network + "\""));
        put(
                sandbox,
                sandbox.endpoints().stream()
                        .filter(endpoint -> !endpoint.equals(gone))
                        .toList(),
                sandbox.ports());
    }

    @Override
    public synchronized List<PortBinding> publish(String id, List<PortBinding> wanted) {
        var sandbox = sandbox(id);
        if (!wanted.isEmpty() && sandbox.endpoints().isEmpty()) {
            throw new FailedPrecondition("publish ports of " + id + ": it is connected to no network");
        }
        var made = new ArrayList<PortBinding>();
        var owners = owners();
        for (var port : wanted) {
            var number = port.hostPort() == 0 || port.isRange() ? freePort(port, owners.keySet()) : port.hostPort();
            for (var address : port.hostAddress().isEmpty() ? List.of("0.0.0.0", "::") : List.of(port.hostAddress())) {
                var binding = new PortBinding(port.protocol(), address, number, port.containerPort(), true);
                var owner = owners.putIfAbsent(key(binding), id);
                if (owner != null) {
                    throw new Conflict("port " + key(binding) + " is used by " + owner);
                }
                made.add(binding);
            }
        }
        put(
                sandbox,
                sandbox.endpoints(),
                Stream.concat(sandbox.ports().stream(), made.stream()).toList());
        return List.copyOf(made);
    }

    private static int freePort(PortBinding port, Set<String> taken) {
        var number = port.isRange() ? port.hostPort() : FIRST_FREE_PORT;
        var address = port.hostAddress().isEmpty() ? "0.0.0.0" : port.hostAddress();
        while (taken.contains(key(new PortBinding(port.protocol(), address, number, port.containerPort())))) {
            number++;
        }
        if (port.isRange() && number > port.lastHostPort()) {
            throw new Conflict("ports " + port.hostPort() + "-" + port.lastHostPort() + ": none is free");
        }
        return number;
    }

    private Map<String, String> owners() {
        var owners = new HashMap<String, String>();
        for (var sandbox : sandboxes.values()) {
            sandbox.ports().forEach(port -> owners.put(key(port), sandbox.id()));
        }
        return owners;
    }

    private static String key(PortBinding port) {
        var address = port.hostAddress().contains(":") ? "[" + port.hostAddress() + "]" : port.hostAddress();
        return address + ":" + port.hostPort() + "/" + (port.protocol() == PortBinding.Protocol.TCP ? "tcp" : "udp");
    }

    @Override
    public synchronized void rename(String id, String containerName) {
        var sandbox = sandbox(id);
        var old = sandbox.spec();
        var spec = new SandboxSpec(containerName, old.hostname(), old.dnsServers(), old.sysctls());
        sandboxes.put(
                id,
                new Sandbox(id, spec, sandbox.namespace(), sandbox.endpoints(), sandbox.ports(), sandbox.resolvers()));
    }

    @Override
    public String hostAddress() {
        return "192.0.2.1";
    }

    @Override
    public synchronized Sandbox sandbox(String id) {
        return Optional.ofNullable(sandboxes.get(id)).orElseThrow(() -> new NotFound("sandbox " + id));
    }

    @Override
    public synchronized List<Sandbox> sandboxes() {
        return List.copyOf(sandboxes.values());
    }

    @Override
    public synchronized void close(String sandbox) {
        sandboxes.remove(sandbox);
    }

    @Override
    public synchronized List<String> recover(List<String> wanted) {
        sandboxes.keySet().retainAll(new HashSet<>(wanted));
        return wanted.stream().filter(id -> !sandboxes.containsKey(id)).toList();
    }

    /// What a reboot does: namespaces are gone, the books are not.
    public synchronized void forgetSandboxes() {
        sandboxes.clear();
    }

    @Override
    public void close() {}
}
