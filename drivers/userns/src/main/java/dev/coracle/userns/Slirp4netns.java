package dev.coracle.userns;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Pipe;
import dev.coracle.processes.Command;
import dev.coracle.processes.Readiness;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// slirp4netns, which forwards by a TCP/IP stack of its own. It writes to a descriptor when it is ready and ends when
/// another is closed, so it goes with us even when we are killed.
public final class Slirp4netns implements NetworkDriver {
    /// Its own hardening.
    public record Hardening(boolean sandbox, boolean seccomp) {}

    private static final int READY = 3;
    private static final int EXIT = 4;
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Spawner spawner;
    private final Path program;
    private final NetworkOptions options;
    private final Hardening hardening;
    private final Optional<Path> apiSocket;

    /// @param apiSocket where it takes requests to forward ports
    public Slirp4netns(
            Spawner spawner, Path program, NetworkOptions options, Hardening hardening, Optional<Path> apiSocket) {
        this.apiSocket = apiSocket;
        this.spawner = spawner;
        this.program = program;
        this.options = options;
        this.hardening = hardening;
    }

    static List<String> arguments(
            NetworkOptions options, Hardening hardening, Optional<Path> apiSocket, NetworkTarget target) {
        var words = new ArrayList<>(
                List.of("--configure", "--ready-fd=" + READY, "--exit-fd=" + EXIT, "--mtu=" + options.mtu()));
        words.add("--cidr=" + options.subnet());
        if (!options.hostLoopback()) {
            words.add("--disable-host-loopback");
        }
        if (options.ipv6()) {
            words.add("--enable-ipv6");
        }
        if (hardening.sandbox()) {
            words.add("--enable-sandbox");
        }
        if (hardening.seccomp()) {
            words.add("--enable-seccomp");
        }
        apiSocket.ifPresent(socket -> words.add("--api-socket=" + socket));
        switch (target) {
            case NetworkTarget.OfProcess(var pid) -> words.add(Long.toString(pid));
            case NetworkTarget.OfFile file -> {
                words.add("--userns-path=" + file.userNamespace());
                words.add("--netns-type=path");
                words.add(file.outside().toString());
            }
        }
        words.add(options.device());
        return List.copyOf(words);
    }

    @Override
    public Connection connect(NetworkTarget target) throws IOException, InterruptedException {
        if (apiSocket.isPresent()) {
            // an earlier one may have died
            Files.deleteIfExists(apiSocket.get());
        }
        var exit = Pipe.open();
        Running running;
        try (var ready = Pipe.open()) {
            running = spawner.start(Command.of(program, arguments(options, hardening, apiSocket, target))
                    .with(READY, ready.writer())
                    .with(EXIT, exit.reader()));
            exit.reader().close();
            ready.writer().close();
            Readiness.byPipe(running, ready.reader(), 1, LIMIT);
        } catch (IOException | InterruptedException failure) {
            exit.close();
            throw failure;
        }
        return new Connected(running, exit.writer());
    }

    /// @param exit whose closing ends it
    private record Connected(Running running, Fd exit) implements Connection {
        @Override
        public void onEnd(Runnable then) {
            running.onEnd(then);
        }

        @Override
        public void close() {
            exit.close();
            try {
                running.waitFor(GRACE);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            running.close();
        }
    }
}
