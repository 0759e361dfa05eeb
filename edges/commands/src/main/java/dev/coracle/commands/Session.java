package dev.coracle.commands;

import dev.coracle.commands.client.Connection;
import dev.coracle.commands.line.Line;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One run of a program: what its commands work with. It closes the connection that a command
/// opened.
public final class Session implements AutoCloseable {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Environment environment;
    private final Terminal terminal;
    private final InstantSource clock;
    private final Signals signals;
    private final Connections connections;
    private Optional<TimeLimit> limit = Optional.empty();
    private @Nullable Connection connection;
    private @Nullable Spawner spawner;

    Session(Environment environment, Terminal terminal, InstantSource clock, Signals signals, Connections connections) {
        this.environment = environment;
        this.terminal = terminal;
        this.clock = clock;
        this.signals = signals;
        this.connections = connections;
    }

    /// Begins the command of a line: from now on the time of `--timeout` runs.
    Session begin(Line line) {
        limit = Optional.of(line.duration("timeout"))
                .filter(Duration::isPositive)
                .map(TimeLimit::start);
        return this;
    }

    /// The time that the command was given, when it is over.
    Optional<Duration> timeOver() {
        return limit.flatMap(TimeLimit::over);
    }

    public Environment environment() {
        return environment;
    }

    public Terminal terminal() {
        return terminal;
    }

    public InstantSource clock() {
        return clock;
    }

    public Signals signals() {
        return signals;
    }

    /// A path as the person wrote it, from their directory.
    public Path path(String text) {
        return environment.directory().resolve(text);
    }

    /// Opens the daemon that the global flags name, once.
    public Connection connect(Line line) {
        var open = connection;
        if (open == null) {
            open = connections.open(path(line.text("address").replaceFirst("^unix://", "")), line.text("namespace"));
            var patience = Optional.of(line.duration("connect-timeout")).filter(Duration::isPositive);
            open.await(patience.orElse(CONNECT));
            connection = open;
        }
        return open;
    }

    /// What mounts in this program's own mount namespace.
    public Mounter mounter() {
        return Mountings.mounter(spawner(), environment.variable("PATH"));
    }

    /// Runs a shell's command line on the person's streams, in their directory, to its end.
    ///
    /// @return whether it ended well
    public boolean shell(String commandLine) throws IOException, InterruptedException {
        var command = Command.of(SHELL, "-c", commandLine)
                .environment(environment.variables())
                .in(environment.directory());
        for (var number = 0; number <= 2; number++) {
            command = command.with(number, terminal.window().descriptor(number));
        }
        try (var running = spawner().start(command)) {
            return running.waitFor().isSuccess();
        }
    }

    private Spawner spawner() {
        try {
            var programs = spawner == null ? Spawner.open() : spawner;
            spawner = programs;
            return programs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        limit.ifPresent(TimeLimit::close);
        if (connection != null) {
            connection.close();
        }
        if (spawner != null) {
            spawner.close();
        }
        terminal.flush();
    }
}
