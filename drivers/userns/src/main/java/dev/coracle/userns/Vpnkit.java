package dev.coracle.userns;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.UnixSocket;
import dev.coracle.processes.Command;
import dev.coracle.processes.Readiness;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import dev.coracle.processes.ToolFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// VPNKit, a TCP/IP stack that takes frames on a socket. [ChildNetwork] has the device and speaks to it.
public final class Vpnkit implements NetworkDriver {
    /// Its own addresses, which no option changes.
    public static final String GATEWAY = "192.168.65.1";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(2);

    private final Spawner spawner;
    private final Path program;
    private final InnerPlan.VpnkitFrames plan;
    private final Path socket;
    private final InnerNetwork.Program inner;

    /// @param socket where it is to take frames
    /// @param inner how [ChildNetwork] is started
    public Vpnkit(Spawner spawner, Path program, NetworkOptions options, Path socket, InnerNetwork.Program inner) {
        this.spawner = spawner;
        this.program = program;
        this.plan = new InnerPlan.VpnkitFrames(options.device(), options.mtu(), GATEWAY, options.hostLoopback());
        this.socket = socket;
        this.inner = inner;
    }

    static List<String> arguments(Path socket, int mtu, boolean hostLoopback) {
        var words = new ArrayList<>(List.of("--ethernet", socket.toString(), "--mtu", Integer.toString(mtu)));
        if (!hostLoopback) {
            words.addAll(List.of("--host-ip", "0.0.0.0"));
        }
        return List.copyOf(words);
    }

    @Override
    public Connection connect(NetworkTarget target) throws IOException, InterruptedException {
        // an earlier one may have died
        Files.deleteIfExists(socket);
        var running = spawner.start(Command.of(program, arguments(socket, plan.mtu(), plan.hostLoopback()))
                .fate(Command.Fate.DIES_WITH_US));
        try (var stream = stream(running)) {
            return FrameConnection.begin(
                    running, InnerNetwork.start(spawner, target, inner, plan, Optional.of(stream)));
        } catch (IOException | InterruptedException | RuntimeException failure) {
            running.close();
            throw failure;
        }
    }

    private Fd stream(Running running) throws IOException, InterruptedException {
        Readiness.byFile(running, socket, LIMIT);
        var deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return UnixSocket.connect(socket, UnixSocket.Type.STREAM);
            } catch (ErrnoException failure) {
                // it has its name a moment before anybody may connect
                if (!failure.is(Errno.ECONNREFUSED) || System.nanoTime() > deadline) {
                    throw failure;
                }
            }
            if (running.waitFor(STEP).isPresent()) {
                throw new ToolFailedException(running.collect());
            }
        }
    }
}
