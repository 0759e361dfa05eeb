package dev.coracle.userns;

import dev.coracle.processes.Command;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import dev.coracle.processes.ToolFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// pasta, which translates between sockets of the host and frames of the namespace. It stays in the foreground as our
/// child and writes its pid to a file when it is ready.
public final class Pasta implements NetworkDriver {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(2);

    private final Spawner spawner;
    private final Path program;
    private final NetworkOptions options;
    private final boolean implicitPorts;
    private final Path pidFile;

    /// @param implicitPorts whether every port listened on inside is published on the host
    public Pasta(Spawner spawner, Path program, NetworkOptions options, boolean implicitPorts, Path pidFile) {
        this.spawner = spawner;
        this.program = program;
        this.options = options;
        this.implicitPorts = implicitPorts;
        this.pidFile = pidFile;
    }

    static List<String> arguments(NetworkOptions options, boolean implicitPorts, Path pidFile, NetworkTarget target) {
        var subnet = options.subnet();
        var ports = implicitPorts ? "auto" : "none";
        var words = new ArrayList<>(List.of(
                "--foreground",
                "--stderr",
                "--quiet",
                "--pid=" + pidFile,
                "--config-net",
                "--ns-ifname=" + options.device(),
                "--mtu=" + options.mtu(),
                "--address=" + subnet.child(),
                "--netmask=" + subnet.prefix(),
                "--gateway=" + subnet.gateway(),
                "--dns-forward=" + subnet.dns(),
                "--tcp-ports=" + ports,
                "--udp-ports=" + ports,
                // by default it would make every port of the host's loopback appear inside
                "--tcp-ns=none",
                "--udp-ns=none"));
        if (!options.hostLoopback()) {
            words.add("--no-map-gw");
        }
        if (!options.ipv6()) {
            words.add("--ipv4-only");
        }
        switch (target) {
            case NetworkTarget.OfProcess(var pid) -> words.add(Long.toString(pid));
            case NetworkTarget.OfFile file -> {
                words.add("--userns=" + file.userNamespace());
                words.add("--netns=" + file.outside());
            }
        }
        return List.copyOf(words);
    }

    @Override
    public Connection connect(NetworkTarget target) throws IOException, InterruptedException {
        Files.deleteIfExists(pidFile);
        var running = spawner.start(Command.of(program, arguments(options, implicitPorts, pidFile, target))
                .fate(Command.Fate.DIES_WITH_US));
        var deadline = System.nanoTime() + LIMIT.toNanos();
        while (!isWritten(pidFile)) {
            if (running.waitFor(STEP).isPresent()) {
                throw new ToolFailedException(running.collect());
            }
            if (System.nanoTime() > deadline) {
                running.close();
                throw new UsernsException("start pasta: not ready after " + LIMIT.toSeconds() + " s: "
                        + running.errorTail().strip());
            }
        }
        return new Connected(running);
    }

    private record Connected(Running running) implements Connection {
        @Override
        public void onEnd(Runnable then) {
            running.onEnd(then);
        }

        @Override
        public void close() {
            running.close();
        }
    }

    private static boolean isWritten(Path file) throws IOException {
        try {
            return Files.size(file) > 0;
        } catch (NoSuchFileException notYet) {
            return false;
        }
    }
}
