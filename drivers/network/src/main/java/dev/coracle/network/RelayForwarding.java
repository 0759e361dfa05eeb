package dev.coracle.network;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import dev.coracle.relay.Forward;
import dev.coracle.relay.Relay;
import dev.coracle.relay.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Listens in this process's network namespace and connects in that of the bridges.
final class RelayForwarding implements Forwarding {
    private static final int BACKLOG = 4096;
    private static final int THREADS = 2;

    private final Relay relay;
    private final boolean ipv6;

    private RelayForwarding(Relay relay, boolean ipv6) {
        this.relay = relay;
        this.ipv6 = ipv6;
    }

    static RelayForwarding open(Underlay underlay) throws IOException, InterruptedException {
        var namespace = underlay.namespace();
        var relay =
                namespace.isPresent() ? Relay.open("ports", THREADS, namespace.get()) : Relay.open("ports", THREADS);
        return new RelayForwarding(relay, Files.isReadable(Path.of("/proc/net/if_inet6")));
    }

    @Override
    public boolean hasFamily(boolean six) {
        return !six || ipv6;
    }

    @Override
    public Port open(PortBinding binding, InetAddress target) throws IOException, InterruptedException {
        var socket = listen(binding);
        // an address of the other family cannot be worn; nor can loopback, but that is said of no binding
        var kept = Cidr.address(binding.hostAddress()).getAddress().length == target.getAddress().length;
        var to = new Target(
                new InetSocketAddress(target, binding.containerPort()),
                Optional.empty(),
                kept ? Target.Source.CLIENT : Target.Source.RELAY);
        var forward = binding.protocol() == Protocol.TCP
                ? relay.forwardTcp(socket, to)
                : relay.forwardUdp(socket, to, Relay.USUAL_IDLE);
        return new Listening(
                forward,
                new PortBinding(
                        binding.protocol(),
                        binding.hostAddress(),
                        forward.address().getPort(),
                        binding.containerPort(),
                        kept));
    }

    private static Fd listen(PortBinding binding) throws IOException {
        var address = new InetSocketAddress(Cidr.address(binding.hostAddress()), binding.hostPort());
        try {
            return binding.protocol() == Protocol.TCP
                    ? IpSocket.listen(address, false, BACKLOG)
                    : IpSocket.bindUdp(address, false);
        } catch (ErrnoException failure) {
            throw refused(binding, failure);
        }
    }

    private static EngineException refused(PortBinding binding, ErrnoException failure) {
        var attempt = "publish port " + Ports.written(binding) + ": ";
        return switch (failure.errno()) {
            case EADDRINUSE ->
                new Conflict(attempt + "it is in use by another program on this host", failure)
                        .remedy("see who has it: ss -lnp 'sport = :" + binding.hostPort()
                                + "', or choose another port of the host");
            case EACCES, EPERM -> privileged(binding, attempt, failure);
            case EADDRNOTAVAIL ->
                new InvalidArgument(attempt + binding.hostAddress() + " is not an address of this host", failure);
            case null, default -> OwnThread.engine("publish port " + Ports.written(binding), failure);
        };
    }

    static EngineException privileged(PortBinding binding, String attempt, Throwable cause) {
        return new PermissionDenied(attempt + "ports below " + firstFree() + " are for root on this host", cause)
                .remedy("allow it: echo net.ipv4.ip_unprivileged_port_start=" + binding.hostPort()
                        + " | sudo tee /etc/sysctl.d/90-unprivileged-ports.conf && sudo sysctl --system; or choose a"
                        + " port from " + firstFree() + " on");
    }

    private static String firstFree() {
        try {
            return Underlay.get("net.ipv4.ip_unprivileged_port_start");
        } catch (IOException e) {
            // the kernel's own default
            return "1024";
        }
    }

    private record Listening(Forward forward, PortBinding binding) implements Port {
        @Override
        public void close() throws IOException {
            forward.close();
        }
    }

    @Override
    public void close() {
        relay.close();
    }
}
