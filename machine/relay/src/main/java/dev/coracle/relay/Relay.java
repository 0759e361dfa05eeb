package dev.coracle.relay;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Namespace;
import dev.coracle.linux.Namespaces;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Forwards ports into one network namespace.
///
/// Throughput does not depend on how many ports there are: listening sockets cost nothing while nobody connects, an
/// idle
/// connection costs its two descriptors, and only a connection that moves much has pipes.
public final class Relay implements AutoCloseable {
    /// How long a UDP client may be silent before it is forgotten.
    public static final Duration USUAL_IDLE = Duration.ofSeconds(90);

    /// What the packets of connections under a client's address are marked with ([Target.Source#CLIENT]): routing in
    /// the
    /// namespace must send the answers to them to the namespace itself.
    public static final int MARK = 0x636f;

    private final List<Loop> loops;
    private final AtomicInteger next = new AtomicInteger();

    private Relay(List<Loop> loops) {
        this.loops = List.copyOf(loops);
    }

    /// A relay whose targets are in the namespace of this process.
    ///
    /// @param threads how many threads share the work
    public static Relay open(String name, int threads) throws IOException, InterruptedException {
        return open(name, threads, Optional.empty());
    }

    /// A relay whose targets are in another network namespace, which its threads enter; the caller keeps the
    /// descriptor.
    public static Relay open(String name, int threads, Fd namespace) throws IOException, InterruptedException {
        return open(name, threads, Optional.of(namespace));
    }

    private static Relay open(String name, int threads, Optional<Fd> namespace)
            throws IOException, InterruptedException {
        var loops = new ArrayList<Loop>();
        try {
            for (var i = 0; i < threads; i++) {
                var loop = Loop.start(name + "-" + i);
                loops.add(loop);
                if (namespace.isPresent()) {
                    loop.call(() -> {
                        Namespaces.enter(namespace.get(), Namespace.NETWORK);
                        return true;
                    });
                }
            }
            return new Relay(loops);
        } catch (IOException | InterruptedException | RuntimeException failure) {
            loops.forEach(Loop::close);
            throw failure;
        }
    }

    /// Forwards every connection that a listening TCP socket ([IpSocket#listen]) takes. The socket is the forward's
    /// from
    /// now on, even if this fails.
    public Forward forwardTcp(Fd listener, Target target) throws IOException, InterruptedException {
        return closingOnFailure(listener, () -> TcpForward.open(loops, listener, target));
    }

    /// Forwards every datagram that a bound UDP socket ([IpSocket#bindUdp]) gets, each client through a socket of its
    /// own,
    /// and the answers back to it. The socket is the forward's from now on, even if this fails.
    public Forward forwardUdp(Fd socket, Target target, Duration idle) throws IOException, InterruptedException {
        var loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
        return closingOnFailure(socket, () -> UdpForward.open(loop, socket, target, idle));
    }

    private interface Opening {
        Forward open() throws IOException, InterruptedException;
    }

    private static Forward closingOnFailure(Fd fd, Opening opening) throws IOException, InterruptedException {
        try {
            return opening.open();
        } catch (IOException | InterruptedException | RuntimeException failure) {
            fd.close();
            throw failure;
        }
    }

    /// Ends everything that is being forwarded. Forwards that are closed later do nothing.
    @Override
    public void close() {
        loops.forEach(Loop::close);
    }
}
