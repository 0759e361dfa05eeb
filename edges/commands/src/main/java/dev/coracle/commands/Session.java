package dev.coracle.commands;

import dev.coracle.commands.client.Connection;
import dev.coracle.commands.line.Line;
import dev.coracle.core.mounts.Mounter;
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
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Environment environment;
    private final Terminal terminal;
    private final InstantSource clock;
    private final Signals signals;
    private final Connections connections;
    private @Nullable Connection connection;
    private @Nullable Spawner spawner;

    Session(Environment environment, Terminal terminal, InstantSource clock, Signals signals, Connections connections) {
        this.environment = environment;
        this.terminal = terminal;
        this.clock = clock;
        this.signals = signals;
        this.connections = connections;
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
            var limit = Optional.of(line.duration("connect-timeout")).filter(Duration::isPositive);
            open.await(limit.orElse(CONNECT));
            connection = open;
        }
        return open;
    }

    /// What mounts in this program's own mount namespace.
    public Mounter mounter() {
        try {
            var programs = spawner == null ? Spawner.open() : spawner;
            spawner = programs;
            return Mountings.mounter(programs, environment.variable("PATH"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
        }
        if (spawner != null) {
            spawner.close();
        }
        terminal.flush();
    }
}
