package dev.coracle.runtime;

import dev.coracle.core.tasks.Stdio;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Inotify;
import dev.coracle.linux.Poller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The terminals of all processes: one inotify instance tells which log has grown.
final class Consoles implements AutoCloseable {
    /// One terminal's two directions.
    final class Console {
        private final ConsoleRelay relay;
        private final Optional<ConsoleInput> input;
        private final int watch;

        private Console(ConsoleRelay relay, Optional<ConsoleInput> input, int watch) {
            this.relay = relay;
            this.input = input;
            this.watch = watch;
        }

        /// The process has ended: deliver the rest, then let go.
        void end() {
            poller.execute(() -> {
                relays.remove(watch);
                input.ifPresent(ConsoleInput::close);
                relay.end();
            });
        }

        /// After the end, when the log will not be found again: a reader gets the rest all the same, unless it takes
        /// nothing for too long.
        void finish() {
            Thread.ofVirtual().name("console-rest").start(() -> {
                try {
                    Thread.sleep(PATIENCE);
                    poller.execute(relay::close);
                } catch (InterruptedException _) {
                    // nobody interrupts it
                }
            });
        }

        /// Let go at once; what is not delivered stays in the log.
        void close() {
            poller.execute(() -> {
                relays.remove(watch);
                input.ifPresent(ConsoleInput::close);
                relay.close();
            });
        }
    }

    /// containerd's shims give a reader as long.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Poller poller;
    private final Inotify changes;
    private final Map<Integer, ConsoleRelay> relays = new ConcurrentHashMap<>();

    Consoles(Poller poller) throws IOException {
        this.poller = poller;
        changes = Inotify.open();
        poller.onReadable(changes.fd(), this::pump);
    }

    private void pump() throws ErrnoException {
        for (var event : changes.read()) {
            if (event.isOverflow()) {
                relays.values().forEach(ConsoleRelay::pump);
                return;
            }
            var relay = relays.get(event.watch());
            if (relay != null) {
                relay.pump();
            }
        }
    }

    /// Whether we have to carry what comes out of the terminal to anybody.
    static boolean isWanted(Stdio stdio) {
        return switch (StdioTarget.parse(stdio.stdout())) {
            case StdioTarget.NamedPipe _, StdioTarget.AppendedFile _, StdioTarget.Logger _ -> true;
            case StdioTarget.Nothing _, StdioTarget.Kept _, StdioTarget.Attachable _ -> false;
        };
    }

    /// Takes over a terminal; empty when nobody reads it and nobody writes to it.
    ///
    /// @param isAlive whether conmon still runs, and can take input
    Optional<Console> open(Path directory, Stdio stdio, boolean isAlive) throws IOException {
        if (!Files.exists(ConsoleRelay.log(directory))) {
            return Optional.empty();
        }
        var relay = ConsoleRelay.open(poller, directory, sink(directory, stdio));
        var input = isAlive ? input(directory, stdio) : Optional.<ConsoleInput>empty();
        var watch = changes.watch(ConsoleRelay.log(directory), Set.of(Inotify.Change.MODIFIED));
        relays.put(watch, relay);
        if (input.isPresent()) {
            input.get().start();
        }
        poller.execute(relay::pump);
        return Optional.of(new Console(relay, input, watch));
    }

    private static Optional<Fd> sink(Path directory, Stdio stdio) {
        return switch (StdioTarget.parse(stdio.stdout())) {
            case StdioTarget.Nothing _, StdioTarget.Kept _, StdioTarget.Attachable _ -> Optional.empty();
            case StdioTarget.NamedPipe(var path) -> pipe("stdout", path);
            case StdioTarget.Logger _ -> pipe("stdout", Loggers.outputPipe(directory));
            case StdioTarget.AppendedFile(var path) -> Optional.of(OpenedStdio.openFile("stdout", path));
        };
    }

    /// A client that is gone has taken its pipes along.
    private static Optional<Fd> pipe(String name, Path path) {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        return Optional.of(
                OpenedStdio.isPipe(name, path) ? OpenedStdio.openPipe(name, path) : OpenedStdio.openFile(name, path));
    }

    private Optional<ConsoleInput> input(Path directory, Stdio stdio) throws IOException {
        if (!(StdioTarget.parse(stdio.stdin()) instanceof StdioTarget.NamedPipe(var path)) || !Files.exists(path)) {
            return Optional.empty();
        }
        var pipe = OpenedStdio.openPipe("stdin", path);
        try {
            return Optional.of(ConsoleInput.open(poller, directory, pipe));
        } catch (ErrnoException failure) {
            pipe.close();
            if (failure.is(Errno.ENOENT, Errno.ECONNREFUSED)) {
                // a short process has ended already, and conmon with it
                return Optional.empty();
            }
            throw failure;
        }
    }

    @Override
    public void close() {
        poller.execute(() -> {
            relays.values().forEach(ConsoleRelay::close);
            poller.remove(changes.fd());
            changes.close();
        });
    }
}
