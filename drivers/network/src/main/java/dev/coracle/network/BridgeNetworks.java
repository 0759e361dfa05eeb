package dev.coracle.network;

import dev.coracle.base.EngineException;
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
import dev.coracle.core.networks.Networks;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.networks.SandboxSpec;
import dev.coracle.core.records.Records;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Links;
import dev.coracle.network.Member.Connection;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Bridges in the container network namespace, with names and published ports. Nothing is made in
/// the kernel before a sandbox needs it; what a sandbox needs is a handful of netlink messages.
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
    private final Bridge.Dns dns;
    private final KeyedLocks locks = new KeyedLocks();
    private final Map<String, Bridge> bridges = new ConcurrentHashMap<>();
    /// Held while the packet filter is written, and whether the namespace is prepared.
    private final Object filtering = new Object();

    private boolean prepared;

    private BridgeNetworks(
            NetworkSettings settings, Records records, InstantSource clock, RandomGenerator random, Underlay underlay)
            throws IOException, InterruptedException {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.underlay = underlay;
        this.ledger = new Ledger(records);
        this.namespaces = NamespaceFiles.open(settings.state().resolve("netns"));
        this.upstreams = Upstreams.open(settings.resolvConf());
        var forwarding =
                settings.namespace().isEmpty() && settings.rootlesskit().isPresent()
                        ? new RootlesskitForwarding(settings.rootlesskit().get(), random)
                        : RelayForwarding.open(underlay);
        this.published = new Published(ledger, forwarding);
        this.sweeper = Sweeper.start(underlay);
        this.dns = new Bridge.Dns(ledger::names, this::hostAddresses, upstreams, new Resolver(DNS_PATIENCE));
    }

    /// Opens the networks that the records know; the default one is made when there is none. Call
    /// [#recover] before anything else.
    public static BridgeNetworks open(
            NetworkSettings settings, Records records, InstantSource clock, RandomGenerator random) {
        return OwnThread.run("open networks", () -> {
            var underlay = Underlay.open(settings.namespace());
            try {
                var networks = new BridgeNetworks(settings, records, clock, random, underlay);
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
            var id = HexFormat.of().formatHex(bytes(ID_BYTES));
            return new Network(
                    id,
                    new Subnets(others, avoided)
                            .complete(spec, ipv6 && spec.subnets().isEmpty()),
                    Bridge.PREFIX + id.substring(0, SHORT),
                    clock.instant());
        });
    }

    private byte[] bytes(int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public Network get(String nameOrId) {
        return ledger.network(nameOrId);
    }

    @Override
    public List<Network> list() {
        return ledger.networks();
    }

    @Override
    public void remove(String nameOrId) {
        OwnThread.run("remove network " + nameOrId, () -> {
            var network = ledger.removeNetwork(nameOrId);
            try (var _ = locks.hold(network.id())) {
                var bridge = bridges.remove(network.id());
                if (bridge != null) {
                    bridge.remove();
                    filter();
                } else {
                    try (var links = underlay.links()) {
                        links.remove(network.device());
                    }
                    synchronized (filtering) {
                        if (prepared) {
                            filter();
                        }
                    }
                }
            }
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
                var bridge = bridge(network);
                if (!spec.address().isEmpty() || !spec.address6().isEmpty()) {
                    sweeper.sweepNow();
                }
                var port = Bridge.PORT_PREFIX + HexFormat.of().formatHex(bytes(6));
                var connection = ledger.connect(sandbox, spec, port);
                try {
                    attach(bridge, ledger.member(sandbox), connection);
                } catch (IOException | InterruptedException | RuntimeException failure) {
                    undo(sandbox, connection, failure);
                    throw failure;
                }
                redirectIfMain(ledger.member(sandbox), connection);
                return connection.endpoint();
            }
        });
    }

    private void attach(Bridge bridge, Member member, Connection connection) throws IOException, InterruptedException {
        try (var namespace = namespaces.hold(member.id())) {
            bridge.attach(connection, namespace);
        }
        var endpoint = connection.endpoint();
        var main = member.main().equals(Optional.of(connection));
        namespaces.inside(member.id(), () -> {
            try (var links = Links.open()) {
                links.setUp(endpoint.device());
                ensureAddress(links, endpoint, endpoint.address());
                ensureAddress(links, endpoint, endpoint.address6());
                if (main) {
                    ensureDefaultRoutes(links, endpoint);
                }
            }
            return true;
        });
    }

    private static void ensureAddress(Links links, Endpoint endpoint, String address) throws ErrnoException {
        if (!address.isEmpty()) {
            var prefix = Integer.parseInt(address.substring(address.indexOf('/') + 1));
            links.ensureAddress(endpoint.device(), Addresses.bare(address), prefix);
        }
    }

    private static void ensureDefaultRoutes(Links links, Endpoint endpoint) throws ErrnoException {
        for (var gateway : List.of(endpoint.gateway(), endpoint.gateway6())) {
            if (!gateway.isEmpty()) {
                links.ensureDefaultRoute(endpoint.device(), Cidr.address(gateway));
            }
        }
    }

    private void undo(String sandbox, Connection connection, Exception failure) {
        try (var links = underlay.links()) {
            links.remove(connection.port());
            ledger.disconnect(sandbox, connection);
        } catch (IOException | RuntimeException second) {
            failure.addSuppressed(second);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(stop);
        }
    }

    private void redirectIfMain(Member member, Connection connection) {
        if (!member.ports().isEmpty() && member.main().equals(Optional.of(connection))) {
            published.redirect(member);
        }
    }

    /// The network's bridge, brought up when it is not.
    private Bridge bridge(Network network) throws IOException, InterruptedException {
        var running = bridges.get(network.id());
        if (running != null) {
            return running;
        }
        try (var _ = locks.hold(network.id())) {
            var now = bridges.get(network.id());
            if (now != null) {
                return now;
            }
            // it may have been removed meanwhile
            ledger.network(network.id());
            prepare();
            var bridge = Bridge.up(network, underlay, dns);
            bridges.put(network.id(), bridge);
            try {
                filter();
                return bridge;
            } catch (IOException | InterruptedException | RuntimeException failure) {
                bridges.remove(network.id());
                bridge.close();
                throw failure;
            }
        }
    }

    private void prepare() throws IOException, InterruptedException {
        synchronized (filtering) {
            if (!prepared) {
                underlay.prepare();
                prepared = true;
            }
        }
    }

    private void filter() throws IOException, InterruptedException {
        synchronized (filtering) {
            try (var nftables = underlay.nftables()) {
                nftables.replace(PacketFilter.TABLE, PacketFilter.chains(ledger.networks()));
            } catch (IOException failure) {
                throw unfiltered(failure);
            }
        }
    }

    private static EngineException unfiltered(IOException failure) {
        if (OwnThread.cause(failure) instanceof ErrnoException cause
                && cause.is(Errno.EPROTONOSUPPORT, Errno.EAFNOSUPPORT, Errno.EOPNOTSUPP, Errno.ENOENT)) {
            return new FailedPrecondition(
                            "write the packet filter of the networks: this kernel has no nftables, without which"
                                    + " containers on a bridge neither get out nor are kept apart: "
                                    + cause.getMessage(),
                            failure)
                    .remedy("load them as root: modprobe -a nf_tables nft_masq nft_ct nft_chain_nat (for good: a file"
                            + " in /etc/modules-load.d), or use --network host or none");
        }
        return OwnThread.engine("write the packet filter of the networks", failure);
    }

    @Override
    public void disconnect(String sandbox, String network) {
        OwnThread.run("disconnect " + sandbox + " from network " + network, () -> {
            try (var _ = locks.hold(sandbox)) {
                var member = ledger.member(sandbox);
                var connection = member.to(ledger.network(network).id())
                        .orElseThrow(() -> new NotFound(
                                "sandbox " + sandbox + " is not connected to network \"" + network + "\""));
                try (var links = underlay.links()) {
                    links.remove(connection.port());
                }
                ledger.disconnect(sandbox, connection);
                if (member.main().equals(Optional.of(connection))) {
                    mainMoved(ledger.member(sandbox));
                }
                return member;
            }
        });
    }

    private void mainMoved(Member member) throws IOException, InterruptedException {
        var main = member.main();
        if (main.isPresent()) {
            namespaces.inside(member.id(), () -> {
                try (var links = Links.open()) {
                    ensureDefaultRoutes(links, main.get().endpoint());
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
                ledger.find(sandbox).ifPresent(member -> published.close(sandbox));
                namespaces.release(namespaces.path(sandbox));
                ledger.find(sandbox).ifPresent(member -> {
                    sweeper.leave(
                            member.connections().stream().map(Connection::port).toList());
                    ledger.removeMember(sandbox);
                });
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
                var bridge = bridge(ledger.network(connection.endpoint().networkId()));
                boolean attached;
                try (var links = underlay.links()) {
                    attached = links.find(connection.port()).isPresent();
                }
                if (!attached) {
                    attach(bridge, member, connection);
                }
            }
            published.redirect(member);
        }
    }

    /// What is named as if it were ours, and is of nobody that the ledger knows.
    private void removeStrays() throws IOException, InterruptedException {
        var known = new HashSet<Path>();
        var names = new HashSet<String>();
        ledger.networks().forEach(network -> names.add(network.device()));
        for (var member : ledger.members()) {
            known.add(namespaces.path(member.id()));
            member.connections().forEach(connection -> names.add(connection.port()));
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
        bridges.values().forEach(Bridge::close);
        bridges.clear();
        upstreams.close();
        underlay.close();
    }
}
