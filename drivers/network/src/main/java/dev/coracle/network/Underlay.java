package dev.coracle.network;

import dev.coracle.core.networks.Cidr;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Links;
import dev.coracle.linux.Links.Route;
import dev.coracle.linux.NetnsThread;
import dev.coracle.linux.Nftables;
import dev.coracle.linux.OpenFlag;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// The network namespace that bridges are in: another one, in which a permanent thread of ours
/// waits, or this process's own. Sockets are made there and used from anywhere.
final class Underlay implements AutoCloseable {
    /// What answers to packets with a client's address are marked with on their way back.
    static final int RETURN_MARK = 0x636f72;

    private static final int RETURN_TABLE = 0x636f;
    // for networks that have no way out; every container program copes with it
    private static final int USUAL_MTU = 1500;

    private final Optional<Fd> namespace;
    private final Optional<NetnsThread> thread;

    private Underlay(Optional<Fd> namespace, Optional<NetnsThread> thread) {
        this.namespace = namespace;
        this.thread = thread;
    }

    static Underlay open(Optional<Path> namespace) throws IOException, InterruptedException {
        if (namespace.isEmpty()) {
            return new Underlay(Optional.empty(), Optional.empty());
        }
        var fd = Fd.openForReading(namespace.get());
        try {
            return new Underlay(Optional.of(fd), Optional.of(NetnsThread.enter("container network", fd)));
        } catch (IOException | InterruptedException | RuntimeException failure) {
            fd.close();
            throw failure;
        }
    }

    /// The namespace, when it is not this process's own.
    Optional<Fd> namespace() {
        return namespace;
    }

    <T> T inside(Callable<T> work) throws IOException, InterruptedException {
        if (thread.isPresent()) {
            return thread.get().call(work);
        }
        try {
            return work.call();
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalStateException("in the network namespace", failure);
        }
    }

    Links links() throws IOException, InterruptedException {
        return inside(Links::open);
    }

    Nftables nftables() throws IOException, InterruptedException {
        return inside(Nftables::open);
    }

    /// Makes the namespace pass packets on, and lets answers to clients' addresses come back to it.
    void prepare() throws IOException, InterruptedException {
        var six = Files.isDirectory(Path.of("/proc/sys/net/ipv6"));
        try (var links = links()) {
            var ways = links.list().stream()
                    .map(Links.Link::name)
                    .filter(name -> !name.startsWith(Bridge.PREFIX))
                    .toList();
            inside(() -> {
                set("net.ipv4.ip_forward", "1");
                if (six) {
                    forward6(ways);
                }
                return true;
            });
            links.setUp("lo");
            links.ensureMarkedIsLocal(RETURN_MARK, RETURN_TABLE, InetAddress.ofLiteral("0.0.0.0"));
            if (six) {
                links.ensureMarkedIsLocal(RETURN_MARK, RETURN_TABLE, InetAddress.ofLiteral("::"));
            }
        }
    }

    /// A host that begins to forward drops the routes it was advertised, unless it is told first to keep taking them.
    private static void forward6(List<String> ways) throws IOException {
        set("net.ipv6.conf.default.accept_ra", "2");
        for (var way : ways) {
            set("net.ipv6.conf." + way.replace('.', '/') + ".accept_ra", "2");
        }
        set("net.ipv6.conf.all.forwarding", "1");
    }

    /// Sets a kernel parameter of the calling thread's network namespace.
    ///
    /// @param key with dots between its parts; a slash stands for a dot within one
    static void set(String key, String value) throws IOException {
        try (var file = Fd.open(parameter(key), Set.of(OpenFlag.WRITE_ONLY), 0)) {
            file.write(value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// A kernel parameter of the calling thread's network namespace. Such files are read by one call: a second one
    /// finds
    /// their end.
    static String get(String key) throws IOException {
        try (var file = Fd.openForReading(parameter(key))) {
            var bytes = new byte[256];
            return new String(bytes, 0, file.read(bytes, 0, bytes.length), StandardCharsets.UTF_8).strip();
        }
    }

    private static Path parameter(String key) {
        return Path.of("/proc/sys", key.replace('.', '\0').replace('/', '.').replace('\0', '/'));
    }

    /// How large packets to the world may be: as large as the way out takes them.
    int mtu() throws IOException, InterruptedException {
        try (var links = links()) {
            var way = defaultRoute(links, false).or(() -> defaultRoute6(links));
            if (way.isEmpty()) {
                return USUAL_MTU;
            }
            return links.list().stream()
                    .filter(link -> link.index() == way.get().link())
                    .mapToInt(Links.Link::mtu)
                    .findFirst()
                    .orElse(USUAL_MTU);
        }
    }

    boolean hasIpv6() throws IOException, InterruptedException {
        try (var links = links()) {
            return defaultRoute(links, true).isPresent();
        }
    }

    private static Optional<Route> defaultRoute6(Links links) {
        try {
            return defaultRoute(links, true);
        } catch (IOException e) {
            System.getLogger(Underlay.class.getName()).log(System.Logger.Level.WARNING, "look for IPv6 routes", e);
            return Optional.empty();
        }
    }

    private static Optional<Route> defaultRoute(Links links, boolean ipv6) throws IOException {
        return links.routes().stream()
                .filter(route -> route.prefix() == 0 && route.gateway().isPresent())
                .filter(route -> route.destination().getAddress().length == (ipv6 ? 16 : 4))
                .findFirst();
    }

    /// What must not become a subnet of ours: whatever is routed elsewhere, here or on the host.
    List<Cidr> foreign() throws IOException, InterruptedException {
        var found = new ArrayList<Cidr>();
        try (var links = links()) {
            var ours = links.list().stream()
                    .filter(link -> link.name().startsWith(Bridge.PREFIX))
                    .map(Links.Link::index)
                    .toList();
            links.routes().stream()
                    .filter(route -> route.prefix() > 0 && !ours.contains(route.link()))
                    .map(route -> Cidr.of(route.destination(), route.prefix()))
                    .forEach(found::add);
        }
        if (namespace.isPresent()) {
            try (var links = Links.open()) {
                links.routes().stream()
                        .filter(route -> route.prefix() > 0)
                        .map(route -> Cidr.of(route.destination(), route.prefix()))
                        .forEach(found::add);
            }
        }
        return found;
    }

    /// How this host is reached from inside: by its own addresses while we are on it, by the way
    /// out's gateway otherwise.
    List<InetAddress> hostAddresses() throws IOException {
        try (var links = Links.open()) {
            return Stream.of(false, true)
                    .flatMap(ipv6 -> hostAddress(links, ipv6).stream())
                    .toList();
        }
    }

    private Optional<InetAddress> hostAddress(Links links, boolean ipv6) {
        try {
            var way = defaultRoute(links, ipv6);
            if (namespace.isEmpty() || way.isEmpty()) {
                return way.flatMap(Route::gateway).filter(gateway -> !gateway.isLinkLocalAddress());
            }
            return links.addresses().stream()
                    .filter(address -> address.link() == way.get().link())
                    .map(Route::destination)
                    .filter(address -> address instanceof Inet4Address != ipv6 && !address.isLinkLocalAddress())
                    .findFirst();
        } catch (IOException e) {
            System.getLogger(Underlay.class.getName())
                    .log(System.Logger.Level.WARNING, "look for the host's address", e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        thread.ifPresent(NetnsThread::close);
        namespace.ifPresent(Fd::close);
    }
}
