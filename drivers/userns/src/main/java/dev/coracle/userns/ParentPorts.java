package dev.coracle.userns;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import dev.coracle.relay.Target;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// The port driver `builtin`, its half on the host: listens here and hands what it listens on to [ChildPorts] inside,
/// once per port. Connections then come and go without this process.
///
/// The process inside is started with the first port and again when it dies: we keep the sockets, so that clients wait
/// meanwhile instead of being refused.
public final class ParentPorts implements PortDriver {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK_6 = InetAddress.ofLiteral("::1");
    private static final int BACKLOG = 4096;
    private static final int FIRST_UNPRIVILEGED = 1024;

    private record Open(Published published, Fd socket, Target target) {}

    private final PortProcess process;
    private final boolean keepSource;
    // read when the process inside is replaced, whoever is adding meanwhile
    private final Map<Integer, Open> ports = new ConcurrentSkipListMap<>();
    private int lastId;

    /// @param keepSource whether the target should see the client's address
    public ParentPorts(PortProcess process, boolean keepSource) {
        this.process = process;
        this.keepSource = keepSource;
        process.onRestart(this::again);
    }

    @Override
    public String name() {
        return "builtin";
    }

    @Override
    public List<String> protocols() {
        return List.of("tcp", "tcp4", "tcp6", "udp", "udp4", "udp6");
    }

    @Override
    public boolean disallowsLoopbackChild() {
        return false;
    }

    @Override
    public synchronized Published add(PortSpec spec) throws IOException, InterruptedException {
        spec.validated();
        if (spec.protocol().startsWith("sctp")) {
            throw new UsernsException("unsupported port protocol " + spec.protocol());
        }
        for (var port : ports.values()) {
            if (port.published.spec().conflictsWith(spec)) {
                throw new UsernsException("conflict with ID " + port.published.id());
            }
        }
        var socket = listen(spec);
        try {
            var id = lastId + 1;
            var target = target(spec);
            var note = process.ask(new PortRequest.Add(id, spec.isTcp(), target), Optional.of(socket));
            lastId = id;
            var published = new Published(id, spec, note.or(() -> loss(spec, target)));
            ports.put(id, new Open(published, socket, target));
            return published;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public synchronized List<Published> list() {
        return ports.values().stream().map(Open::published).toList();
    }

    @Override
    public synchronized void remove(int id) throws IOException, InterruptedException {
        var port = ports.remove(id);
        if (port == null) {
            throw new UsernsException("unknown id: " + id);
        }
        // closed on both sides: the last one frees the address
        port.socket.close();
        var _ = process.ask(new PortRequest.Remove(id), Optional.empty());
    }

    /// The process inside is a new one.
    private void again() throws IOException, InterruptedException {
        for (var port : List.copyOf(ports.values())) {
            var request = new PortRequest.Add(
                    port.published.id(), port.published.spec().isTcp(), port.target);
            var _ = process.ask(request, Optional.of(port.socket));
        }
    }

    @Override
    public synchronized void close() {
        ports.values().forEach(port -> port.socket.close());
        ports.clear();
        process.close();
    }

    /// The names of networks are those of Go, whose messages people know: `tcp` on a wildcard address takes both
    /// families.
    private static Fd listen(PortSpec spec) throws IOException {
        var isBoth = spec.protocol().length() == 3;
        var address = PortSpec.find(spec.parentIp());
        var isWildcard = address.isEmpty() || address.get().isAnyLocalAddress();
        try {
            if (isWildcard && isBoth) {
                try {
                    return open(spec, InetAddress.ofLiteral("::"), true);
                } catch (ErrnoException failure) {
                    if (!failure.is(Errno.EAFNOSUPPORT, Errno.EADDRNOTAVAIL)) {
                        throw failure;
                    }
                    return open(spec, InetAddress.ofLiteral("0.0.0.0"), false);
                }
            }
            var wildcard = spec.protocol().endsWith("6") ? "::" : "0.0.0.0";
            return open(spec, address.orElse(InetAddress.ofLiteral(wildcard)), false);
        } catch (ErrnoException failure) {
            throw refused(spec, failure);
        }
    }

    private static Fd open(PortSpec spec, InetAddress address, boolean alsoIpv4) throws ErrnoException {
        var place = new InetSocketAddress(address, spec.parentPort());
        return spec.isTcp() ? IpSocket.listen(place, alsoIpv4, BACKLOG) : IpSocket.bindUdp(place, alsoIpv4);
    }

    private static UsernsException refused(PortSpec spec, ErrnoException failure) throws IOException {
        var why = "listen " + spec.protocol() + " " + spec.place() + ": bind: "
                + failure.errno().text();
        if (!failure.is(Errno.EACCES)) {
            return new UsernsException(why, null, failure);
        }
        var start = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        var current = Files.exists(start) ? number(start) : Integer.toString(FIRST_UNPRIVILEGED);
        return new UsernsException(
                "cannot expose privileged port " + spec.parentPort()
                        + ", you can add 'net.ipv4.ip_unprivileged_port_start=" + spec.parentPort()
                        + "' to /etc/sysctl.conf (currently " + current + "), or choose a larger port number (>= "
                        + current
                        + "): " + why,
                null,
                failure);
    }

    /// By one large read: the kernel ends a number behind the first, and the JDK begins with one of a single byte.
    private static String number(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(64), StandardCharsets.UTF_8).strip();
        }
    }

    /// Why a server does not see its clients' addresses though it should, as far as that depends on the port.
    private Optional<String> loss(PortSpec spec, Target target) {
        var parent = PortSpec.find(spec.parentIp());
        if (!keepSource || (parent.isPresent() && parent.get().isLoopbackAddress())) {
            return Optional.empty();
        }
        var listensOnIpv6 = spec.protocol().endsWith("6") || parent.orElse(LOOPBACK) instanceof Inet6Address;
        var leadsToIpv6 = target.address().getAddress() instanceof Inet6Address;
        var listensOnBoth = spec.protocol().length() == 3 && parent.isEmpty();
        return !listensOnBoth && listensOnIpv6 != leadsToIpv6
                ? Optional.of("clients' addresses are not kept: they are of the other address family than the target")
                : Optional.empty();
    }

    /// Servers inside listen on all addresses or on 127.0.0.1. A loopback address of the host
    /// means the same one inside; others of the host's do not exist there.
    private Target target(PortSpec spec) {
        // who reaches a loopback address of the host has one, too
        var isLocal = PortSpec.find(spec.parentIp())
                .filter(InetAddress::isLoopbackAddress)
                .isPresent();
        var source = keepSource && !isLocal ? Target.Source.CLIENT : Target.Source.RELAY;
        if (!spec.childIp().isEmpty()) {
            return new Target(
                    new InetSocketAddress(InetAddress.ofLiteral(spec.childIp()), spec.childPort()),
                    Optional.empty(),
                    source);
        }
        var targets = new ArrayList<InetAddress>();
        PortSpec.find(spec.parentIp())
                .filter(parent -> parent.isLoopbackAddress() && !parent.equals(LOOPBACK))
                .ifPresent(targets::add);
        targets.add(LOOPBACK);
        if (!targets.contains(LOOPBACK_6)) {
            targets.add(LOOPBACK_6);
        }
        return new Target(
                new InetSocketAddress(targets.get(0), spec.childPort()),
                Optional.of(new InetSocketAddress(targets.get(1), spec.childPort())),
                source);
    }
}
