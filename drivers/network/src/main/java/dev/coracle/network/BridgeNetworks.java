package dev.coracle.network;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.core.networks.BridgeOptions;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.DescribedNetworks;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.networks.SandboxSpec;
import dev.coracle.core.records.Records;
import dev.coracle.linux.Links;
import dev.coracle.network.Member.Connection;
import dev.coracle.network.Member.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Bridges in the container network namespace, with names and published ports. Nothing is made in
/// the kernel before a sandbox needs it; what a sandbox needs is a handful of netlink messages.
/// Networks that others describe take part: their sandboxes are ours, and so are published ports.
///
/// The one user of its records (kinds `network`, `network-sandbox`, `network-address` and
/// `network-port`) and of its state directory.
public final class BridgeNetworks implements Networks {
    private static final System.Logger LOGGER = System.getLogger(BridgeNetworks.class.getName());
    private static final Set<String> RESERVED = Set.of("host", "none", "default", "container", "ns");
    private static final Duration DNS_PATIENCE = Duration.ofMillis(2500);
    private static final int ID_BYTES = 32;
    private static final int SHORT = 11;

    private final NetworkSettings settings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Ledger ledger;
    private final Underlay underlay;
    private final NamespaceFiles namespaces;
    private final Upstreams upstreams;
    private final Published published;
    private final Sweeper sweeper;
    private final KeyedLocks locks = new KeyedLocks();
    private final Bridges bridges;
    private final Connections bridged;
    private final Connections described;

    private BridgeNetworks(
            NetworkSettings settings,
            Records records,
            DescribedNetworks others,
            InstantSource clock,
            RandomGenerator random,
            Underlay underlay)
            throws IOException, InterruptedException {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.underlay = underlay;
        this.ledger = new Ledger(records, others);
        this.namespaces = NamespaceFiles.open(settings.state().resolve("netns"));
        this.upstreams = Upstreams.open(settings.resolvConf());
        var forwarding =
                settings.namespace().isEmpty() && settings.rootlesskit().isPresent()
                        ? new RootlesskitForwarding(settings.rootlesskit().get(), random)
                        : RelayForwarding.open(underlay);
        this.published = new Published(ledger, forwarding);
        this.sweeper = Sweeper.start(underlay);
        var dns = new Bridge.Dns(ledger::names, this::hostAddresses, upstreams, new Resolver(DNS_PATIENCE));
        this.bridges = new Bridges(ledger, underlay, dns, locks);
        this.bridged = new BridgeConnections(ledger, underlay, namespaces, bridges, sweeper, random);
        this.described = new DescribedConnections(ledger, namespaces, bridges, others);
    }

    /// Opens the networks that the records know; the default one is made when there is none. Call
    /// [#recover] before anything else.
    ///
    /// @param others networks beside those that are made here
    public static BridgeNetworks open(
            NetworkSettings settings,
            Records records,
            DescribedNetworks others,
            InstantSource clock,
            RandomGenerator random) {
        return OwnThread.run("open networks", () -> {
            var underlay = Underlay.open(settings.namespace());
            try {
                var networks = new BridgeNetworks(settings, records, others, clock, random, underlay);
                networks.ensureDefault();
                return networks;
            } catch (IOException | InterruptedException | RuntimeException failure) {
                underlay.close();
                throw failure;
            }
        });
    }

    private void ensureDefault() throws IOException, InterruptedException {
        var known = ledger.networks().stream()
                .filter(network -> network.name().equals(DEFAULT))
                .findFirst();
        var ipv6 = underlay.hasIpv6();
        if (known.isEmpty()) {
            add(new NetworkSpec(DEFAULT, "bridge", List.of(), false, false, Map.of(), Map.of()), ipv6);
        } else if (ipv6 && !known.get().spec().ipv6()) {
            var foreign = underlay.foreign();
            ledger.changeNetwork(DEFAULT, network -> {
                var others = ledger.networks().stream()
                        .filter(other -> !other.name().equals(DEFAULT))
                        .toList();
                var spec = new Subnets(others, foreign).complete(network.spec(), true);
                return new Network(network.id(), spec, network.device(), network.createdAt());
            });
        }
    }

    @Override
    public Network create(NetworkSpec spec) {
        if (!spec.name().matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}") || RESERVED.contains(spec.name())) {
            throw new InvalidArgument("network name \"" + spec.name() + "\" is reserved or not made of letters,"
                    + " digits, underscores, dots and dashes");
        }
        if (!spec.driver().equals("bridge")) {
            throw new NotImplemented("network driver \"" + spec.driver() + "\" (there is bridge)");
        }
        BridgeOptions.of(spec);
        return OwnThread.run("create network " + spec.name(), () -> add(spec, underlay.hasIpv6()));
    }

    private Network add(NetworkSpec spec, boolean ipv6) throws IOException, InterruptedException {
        var foreign = underlay.foreign();
        // a host whose name servers are in a range would lose them
        var avoided = new ArrayList<>(foreign);
        upstreams.servers().forEach(server -> avoided.add(Cidr.of(server, server.getAddress().length * 8)));
        return ledger.addNetwork(spec.name(), others -> {
            var bytes = new byte[ID_BYTES];
            random.nextBytes(bytes);
            var id = HexFormat.of().formatHex(bytes);
            return new Network(
                    id,
                    new Subnets(others, avoided)
                            .complete(spec, ipv6 && spec.subnets().isEmpty()),
                    Bridge.PREFIX + id.substring(0, SHORT),
                    clock.instant());
        });
    }

    @Override
    public Network get(String nameOrId) {
        return ledger.network(nameOrId);
    }

    @Override
    public List<Network> list() {
        return ledger.allNetworks();
    }

    @Override
    public void remove(String nameOrId) {
        OwnThread.run("remove network " + nameOrId, () -> {
            var network = ledger.removeNetwork(nameOrId);
            bridges.remove(network);
            return network;
        });
    }

    @Override
    public Path open(String id, SandboxSpec spec) {
        spec.dnsServers().forEach(Cidr::address);
        return OwnThread.run("make network sandbox " + id, () -> {
            try (var _ = locks.hold(id)) {
                ledger.addMember(new Member(id, spec));
                try {
                    return namespaces.make(id, spec.sysctls());
                } catch (IOException | InterruptedException | RuntimeException failure) {
                    ledger.removeMember(id);
                    throw failure;
                }
            }
        });
    }

    @Override
    public Endpoint connect(String sandbox, EndpointSpec spec) {
        return OwnThread.run("connect " + sandbox + " to network " + spec.network(), () -> {
            try (var _ = locks.hold(sandbox)) {
                var network = ledger.network(spec.network());
                var way = network.device().isEmpty() ? described : bridged;
                var connection = way.connect(sandbox, network, spec);
                redirectIfMain(ledger.member(sandbox), connection);
                return connection.endpoint();
            }
        });
    }

    private Connections way(Connection connection) {
        return switch (connection.origin()) {
            case Origin.Port _ -> bridged;
            case Origin.Plan _ -> described;
        };
    }

    private void redirectIfMain(Member member, Connection connection) {
        if (!member.ports().isEmpty() && member.main().equals(Optional.of(connection))) {
            published.redirect(member);
        }
    }

    @Override
    public void disconnect(String sandbox, String network) {
        OwnThread.run("disconnect " + sandbox + " from network " + network, () -> {
            try (var _ = locks.hold(sandbox)) {
                var member = ledger.member(sandbox);
                var connection = connected(member, network)
                        .orElseThrow(() -> new NotFound(
                                "sandbox " + sandbox + " is not connected to network \"" + network + "\""));
                way(connection).disconnect(member, connection);
                if (member.main().equals(Optional.of(connection))) {
                    mainMoved(ledger.member(sandbox));
                }
                return member;
            }
        });
    }

    /// A network may be described no more while somebody is connected to it.
    private Optional<Connection> connected(Member member, String network) {
        return member.connections().stream()
                .filter(connection -> connection.endpoint().network().equals(network))
                .findFirst()
                .or(() -> member.to(ledger.network(network).id()));
    }

    private void mainMoved(Member member) throws IOException, InterruptedException {
        var main = member.main();
        if (main.isPresent()) {
            namespaces.inside(member.id(), () -> {
                try (var links = Links.open()) {
                    Addresses.ensureDefaultRoutes(links, main.get().endpoint());
                }
                return true;
            });
        }
        published.redirect(member);
    }

    @Override
    public List<PortBinding> publish(String sandbox, List<PortBinding> wanted) {
        return OwnThread.run("publish ports of " + sandbox, () -> {
            try (var _ = locks.hold(sandbox)) {
                return published.add(ledger.member(sandbox), wanted);
            }
        });
    }

    @Override
    public void rename(String sandbox, String containerName) {
        try (var _ = locks.hold(sandbox)) {
            ledger.rename(sandbox, containerName);
        }
    }

    @Override
    public String hostAddress() {
        return hostAddresses().stream().findFirst().map(Cidr::text).orElse("");
    }

    private List<InetAddress> hostAddresses() {
        if (settings.hostAddress().isPresent()) {
            return List.of(settings.hostAddress().get());
        }
        try {
            return underlay.hostAddresses();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "look for the host's address", e);
            return List.of();
        }
    }

    @Override
    public Sandbox sandbox(String id) {
        return ledger.member(id).seen(namespaces.path(id));
    }

    @Override
    public List<Sandbox> sandboxes() {
        return ledger.members().stream()
                .map(member -> member.seen(namespaces.path(member.id())))
                .toList();
    }

    @Override
    public void close(String sandbox) {
        OwnThread.run("close network sandbox " + sandbox, () -> {
            try (var _ = locks.hold(sandbox)) {
                var member = ledger.find(sandbox);
                member.ifPresent(_ -> published.close(sandbox));
                // those who ask for the namespace need it while they end their part
                member.ifPresent(known -> known.connections()
                        .forEach(connection -> way(connection).leave(known, connection)));
                namespaces.release(namespaces.path(sandbox));
                member.ifPresent(_ -> ledger.removeMember(sandbox));
                return true;
            }
        });
    }

    @Override
    public List<String> recover(List<String> wanted) {
        return OwnThread.run("recover networks", () -> {
            var held = namespaces.held();
            var gone = new ArrayList<String>();
            for (var member : ledger.members()) {
                var alive = held.contains(namespaces.path(member.id()).toAbsolutePath());
                if (alive && wanted.contains(member.id())) {
                    bringBack(member);
                } else {
                    close(member.id());
                }
            }
            for (var id : wanted) {
                if (ledger.find(id).isEmpty()) {
                    gone.add(id);
                }
            }
            removeStrays();
            return List.copyOf(gone);
        });
    }

    private void bringBack(Member member) throws IOException, InterruptedException {
        try (var _ = locks.hold(member.id())) {
            for (var connection : member.connections()) {
                way(connection).bringBack(member, connection);
            }
            published.redirect(ledger.member(member.id()));
        }
    }

    /// What is named as if it were ours, and is of nobody that the ledger knows.
    private void removeStrays() throws IOException, InterruptedException {
        var known = new HashSet<Path>();
        var names = new HashSet<String>();
        ledger.networks().forEach(network -> names.add(network.device()));
        for (var member : ledger.members()) {
            known.add(namespaces.path(member.id()));
            member.connections().forEach(connection -> connection.port().ifPresent(names::add));
        }
        for (var file : namespaces.all()) {
            if (!known.contains(file)) {
                namespaces.release(file);
            }
        }
        try (var links = underlay.links()) {
            for (var link : links.list()) {
                var ours = link.name().startsWith(Bridge.PREFIX)
                        || link.name().matches(Bridge.PORT_PREFIX + "[0-9a-f]{12}");
                if (ours && !names.contains(link.name())) {
                    links.remove(link.name());
                }
            }
        }
    }

    @Override
    public void close() {
        published.close();
        sweeper.close();
        bridges.close();
        upstreams.close();
        underlay.close();
    }
}
