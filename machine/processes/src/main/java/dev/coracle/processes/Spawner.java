package dev.coracle.processes;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.Poller;
import dev.coracle.linux.PosixSpawn;
import dev.coracle.linux.Self;
import dev.coracle.linux.SpawnRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Starts every child process of the program, all from one thread that lives as long as the spawner: a parent-death
/// signal
/// fires when the starting *thread* ends. The same thread drains their output and collects them.
///
/// Closing it does not end the children; whoever started one closes it.
public final class Spawner implements AutoCloseable {
    private static final int ERROR_TAIL = 8 << 10;
    private static final int MOST_OUTPUT = 64 << 20;
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private final Poller poller;

    private Spawner(Poller poller) {
        this.poller = poller;
    }

    public static Spawner open() throws IOException {
        Self.keepEndedChildren();
        return new Spawner(Poller.start("spawner"));
    }

    /// The thread that waits for descriptors, for others who have some.
    public Poller poller() {
        return poller;
    }

    /// Runs a program to its end. A program that takes longer than allowed is ended and reported as failed.
    public Ended run(Command command, Duration atMost) throws IOException, InterruptedException {
        try (var running = start(command)) {
            if (running.waitFor(atMost).isEmpty()) {
                running.end(Duration.ofSeconds(1));
                throw new ToolFailedException(running.collect(), "still running after " + atMost.toMillis() + " ms");
            }
            return running.collect();
        }
    }

    /// Starts a program. Standard input is empty unless given; what it writes is drained and the last of it kept,
    /// unless
    /// the command says where it goes.
    public Running start(Command command) throws IOException, InterruptedException {
        var ours = new ArrayList<AutoCloseable>();
        var fds = new TreeMap<>(command.fds());
        try {
            if (!fds.containsKey(0)) {
                fds.put(0, keep(ours, Fd.open(Path.of("/dev/null"), Set.of(), 0)));
            }
            var output = drain(fds, 1, ours, MOST_OUTPUT, false);
            var errors = drain(fds, 2, ours, ERROR_TAIL, true);
            return onThread(() -> spawn(command, fds, output, errors));
        } finally {
            for (var each : ours) {
                closeQuietly(each);
            }
        }
    }

    /// Takes over a child of this process that was started before this program: by a script that then became us. Its
    /// output goes where the script said.
    ///
    /// @param command what it runs, for messages
    public Running adopt(Command command, long pid) throws IOException, InterruptedException {
        return onThread(() -> {
            // not yet collected, so the number still means it
            var running = new Running(command, PidFd.open(pid), poller, null, null);
            running.watch();
            return running;
        });
    }

    private static Fd keep(List<AutoCloseable> ours, Fd fd) {
        ours.add(fd);
        return fd;
    }

    private @Nullable Drain drain(
            SortedMap<Integer, Fd> fds, int number, List<AutoCloseable> ours, int most, boolean last)
            throws ErrnoException {
        if (fds.containsKey(number)) {
            return null;
        }
        var pipe = Pipe.open();
        fds.put(number, keep(ours, pipe.writer()));
        return new Drain(poller, pipe.reader(), most, last);
    }

    private Running spawn(Command command, SortedMap<Integer, Fd> fds, @Nullable Drain output, @Nullable Drain errors)
            throws ErrnoException {
        try {
            var pid = PosixSpawn.spawn(request(command, fds));
            // our child and not yet collected, so the number still means it
            var running = new Running(command, PidFd.open(pid), poller, output, errors);
            if (output != null) {
                output.start();
            }
            if (errors != null) {
                errors.start();
            }
            running.watch();
            return running;
        } catch (ErrnoException failure) {
            if (output != null) {
                output.stop();
            }
            if (errors != null) {
                errors.stop();
            }
            throw failure;
        }
    }

    private static SpawnRequest request(Command command, SortedMap<Integer, Fd> fds) {
        var program = command.program();
        var words = new ArrayList<String>();
        if (command.fate() == Command.Fate.DIES_WITH_US) {
            // there is no way to ask for the signal in posix_spawn; setpriv asks and becomes the program
            program = SETPRIV;
            words.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL", "--"));
        }
        words.add(command.program().toString());
        words.addAll(command.arguments());
        return new SpawnRequest(
                program,
                words,
                command.environment(),
                command.directory(),
                fds,
                command.fate() == Command.Fate.OUTLIVES_US);
    }

    private <T> T onThread(Callable<T> work) throws IOException, InterruptedException {
        var task = new FutureTask<>(work);
        poller.execute(task);
        try {
            return task.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case ErrnoException cause -> {
                    cause.setStackTrace(new Throwable().getStackTrace());
                    throw cause;
                }
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException("start a program", failure);
            }
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        poller.close();
    }
}
