package dev.coracle.userns;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Self;
import dev.coracle.linux.UnixSocket;
import dev.coracle.processes.Spawner;
import dev.coracle.relay.Forward;
import dev.coracle.relay.Relay;
import dev.coracle.relay.Target;
import java.io.IOException;
import java.net.Inet6Address;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The half of the builtin port driver that lives in the network namespace: takes listening sockets of the host and
/// forwards what they get. A process of its own, beside the command; it ends when the parent does.
public final class ChildPorts {
    static final String OK = "ok";

    private final Fd parent;
    private final Spawner spawner;
    private final Optional<Path> nft;
    private final Map<Integer, Forward> forwards = new HashMap<>();
    private Optional<String> loss = Optional.empty();
    private Optional<String> datagramLoss = Optional.empty();
    private boolean isTransparencyTried;

    /// @param parent the socket on which requests come
    /// @param nft the program, where it is installed
    public ChildPorts(Fd parent, Spawner spawner, Optional<Path> nft) {
        this.parent = parent;
        this.spawner = spawner;
        this.nft = nft;
    }

    /// Serves until the parent is gone.
    public void run() throws IOException, InterruptedException {
        Self.raiseOpenFileLimit();
        try (var relay = Relay.open("ports", Math.min(2, Runtime.getRuntime().availableProcessors()))) {
            answer(OK, "");
            while (true) {
                var received = UnixSocket.receive(parent, PortRequest.MOST_BYTES);
                if (received.isEnd()) {
                    return;
                }
                try {
                    answer(OK, serve(relay, received));
                } catch (IOException failure) {
                    answer("error", String.valueOf(failure.getMessage()));
                }
            }
        }
    }

    private void answer(String kind, String text) throws IOException {
        UnixSocket.send(parent, PortRequest.packet(List.of(kind, text)), List.of());
    }

    /// @return what does not hold, or nothing
    private String serve(Relay relay, UnixSocket.Received received) throws IOException, InterruptedException {
        return switch (PortRequest.parse(received.data())) {
            case PortRequest.Add(var id, var tcp, var wanted) -> {
                var listener = received.fd()
                        .orElseThrow(() -> new IOException("talk to the port driver: a request without a socket"));
                var lost = lost(wanted, tcp);
                var target =
                        lost.isEmpty() ? wanted : new Target(wanted.address(), wanted.otherwise(), Target.Source.RELAY);
                forwards.put(
                        id,
                        tcp
                                ? relay.forwardTcp(listener, target)
                                : relay.forwardUdp(listener, target, Relay.USUAL_IDLE));
                yield lost.map(why -> "clients' addresses are not kept: " + why).orElse("");
            }
            case PortRequest.Remove(var id) -> {
                var forward = forwards.remove(id);
                if (forward != null) {
                    forward.close();
                }
                yield "";
            }
        };
    }

    /// Why clients' addresses cannot be kept, though they should be. The namespace must lead answers back.
    private Optional<String> lost(Target wanted, boolean tcp) throws IOException, InterruptedException {
        if (wanted.source() == Target.Source.RELAY) {
            return Optional.empty();
        }
        if (!isTransparencyTried) {
            isTransparencyTried = true;
            prepare();
        }
        if (tcp) {
            return loss;
        }
        var isIpv6 = wanted.address().getAddress() instanceof Inet6Address;
        return datagramLoss.isEmpty() && !Transparency.hasDefaultRoute(isIpv6)
                ? Optional.of("without a default route for " + (isIpv6 ? "IPv6" : "IPv4")
                        + " inside, servers can send no datagrams to them")
                : datagramLoss;
    }

    private void prepare() throws InterruptedException {
        try {
            Transparency.prepare(spawner, nft);
            try {
                Transparency.prepareDatagrams(spawner, nft.orElseThrow());
            } catch (IOException failure) {
                datagramLoss = Optional.of(String.valueOf(failure.getMessage()));
            }
        } catch (IOException failure) {
            loss = Optional.of(String.valueOf(failure.getMessage()));
            datagramLoss = loss;
        }
    }
}
