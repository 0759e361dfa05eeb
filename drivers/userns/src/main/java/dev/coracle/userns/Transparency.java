package dev.coracle.userns;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.RouteNetlink;
import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import dev.coracle.relay.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Lets servers inside see the addresses of clients outside. The relay connects under a client's address; what is set
/// up
/// here keeps the answers, which would otherwise leave by the default route, inside.
///
/// Packets of such a connection carry a mark, and so does everything that netfilter counts as part of it: also what a
/// container answers to whom a port was translated. Marked packets belong to this machine, whatever their address. They
/// go by the main table first, so that a target in a network of ours is reached, but not by its default route.
final class Transparency {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String TCP_RULES = """
            add table inet coracle-ports
            delete table inet coracle-ports
            table inet coracle-ports {
                chain output {
                    type filter hook output priority -150
                    meta mark %1$d ct mark set %1$d
                }
                chain prerouting {
                    type filter hook prerouting priority -150
                    ct mark %1$d meta mark set %1$d
                }
            }
            """.formatted(Relay.MARK);
    // What the relay sends names the flow; what a server answers is of a flow, whatever address it answers from, and is
    // routed anew. The time is longer than the relay remembers a client.
    private static final String UDP_RULES = """
            add table inet coracle-datagrams
            delete table inet coracle-datagrams
            table inet coracle-datagrams {
                set flows4 {
                    type ipv4_addr . inet_service . inet_service
                    flags dynamic, timeout
                    timeout 3m
                    size 65536
                }
                set flows6 {
                    type ipv6_addr . inet_service . inet_service
                    flags dynamic, timeout
                    timeout 3m
                    size 65536
                }
                chain output {
                    type route hook output priority -150
                    meta l4proto != udp return
                    meta mark %1$d update @flows4 { ip saddr . udp sport . udp dport }
                    meta mark %1$d update @flows6 { ip6 saddr . udp sport . udp dport }
                    meta mark %1$d return
                    ip daddr . udp dport . udp sport @flows4 update @flows4 { ip daddr . udp dport . udp sport } meta mark set %1$d
                    ip6 daddr . udp dport . udp sport @flows6 update @flows6 { ip6 daddr . udp dport . udp sport } meta mark set %1$d
                }
            }
            """.formatted(Relay.MARK);
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.0");
    private static final int LOOPBACK_PREFIX = 8;
    private static final InetAddress LOOPBACK_6 = InetAddress.ofLiteral("::1");
    private static final int LOOPBACK_6_PREFIX = 128;

    private Transparency() {}

    /// The same for datagrams, behind [#prepare]. A server has one socket for all clients, so that no mark
    /// tells whom it answers, and one on all addresses answers from the one that leads to the client: the flows
    /// are remembered. One on a loopback address could send to nobody else; its packets stay here in any case.
    static void prepareDatagrams(Spawner spawner, Path nft) throws IOException, InterruptedException {
        try (var netlink = RouteNetlink.open()) {
            unlessThere(() -> netlink.addRuleFrom(LOOPBACK, LOOPBACK_PREFIX, Relay.MARK, Relay.MARK + 2));
            try {
                unlessThere(() -> netlink.addRuleFrom(LOOPBACK_6, LOOPBACK_6_PREFIX, Relay.MARK, Relay.MARK + 2));
            } catch (ErrnoException failure) {
                if (!failure.is(Errno.EAFNOSUPPORT, Errno.EOPNOTSUPP)) {
                    throw failure;
                }
            }
        }
        add(spawner, nft, UDP_RULES);
    }

    /// Whether a server could answer a client of that address family at all: a packet without a way is not
    /// even looked at.
    static boolean hasDefaultRoute(boolean ipv6) throws IOException {
        try {
            for (var line : Files.readAllLines(Path.of("/proc/net", ipv6 ? "ipv6_route" : "route"))) {
                var words = line.strip().split("\\s+", -1);
                if (ipv6 ? isDefault6(words) : isDefault(words)) {
                    return true;
                }
            }
        } catch (NoSuchFileException noIpv6) {
            // and so no route
        }
        return false;
    }

    private static boolean isDefault(String[] words) {
        return words.length > 7 && words[1].equals("00000000") && words[7].equals("00000000");
    }

    /// The kernel always has one on lo, which refuses everything.
    private static boolean isDefault6(String[] words) {
        return words.length > 9 && words[0].equals("0".repeat(32)) && words[1].equals("00") && !words[9].equals("lo");
    }

    /// Prepares the network namespace of this process.
    static void prepare(Spawner spawner, Optional<Path> nft) throws IOException, InterruptedException {
        var program = nft.orElseThrow(
                () -> new UsernsException("the program nft is not installed", "install the package nftables"));
        // a socket that accepts takes over the mark of the packet that opened the connection
        Files.writeString(Path.of("/proc/sys/net/ipv4/tcp_fwmark_accept"), "1");
        try (var netlink = RouteNetlink.open()) {
            route(netlink, false);
            try {
                route(netlink, true);
            } catch (ErrnoException failure) {
                if (!failure.is(Errno.EAFNOSUPPORT, Errno.EOPNOTSUPP)) {
                    throw failure;
                }
            }
        }
        add(spawner, program, TCP_RULES);
    }

    private static void add(Spawner spawner, Path nft, String rules) throws IOException, InterruptedException {
        try (var pipe = Pipe.open()) {
            pipe.writer().write(rules.getBytes(StandardCharsets.UTF_8));
            pipe.writer().close();
            var _ = spawner.run(Command.of(nft, "-f", "-").with(0, pipe.reader()), LIMIT)
                    .orFail();
        }
    }

    private static void route(RouteNetlink netlink, boolean ipv6) throws ErrnoException {
        unlessThere(() -> netlink.addLocalRoute(ipv6, Relay.MARK));
        unlessThere(() -> netlink.addRule(ipv6, Relay.MARK, Relay.MARK, Relay.MARK, true));
    }

    private interface Step {
        void run() throws ErrnoException;
    }

    /// A process like this one may have been here before.
    private static void unlessThere(Step step) throws ErrnoException {
        try {
            step.run();
        } catch (ErrnoException failure) {
            if (!failure.is(Errno.EEXIST)) {
                throw failure;
            }
        }
    }
}
