package dev.coracle.userns;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.RouteNetlink;
import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import dev.coracle.relay.Relay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
    private static final String RULES = """
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

    private Transparency() {}

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
        var rules = RULES.getBytes(StandardCharsets.UTF_8);
        try (var pipe = Pipe.open()) {
            pipe.writer().write(rules);
            pipe.writer().close();
            var _ = spawner.run(Command.of(program, "-f", "-").with(0, pipe.reader()), LIMIT)
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
