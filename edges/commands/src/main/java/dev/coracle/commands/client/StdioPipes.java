package dev.coracle.commands.client;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.commands.Terminal;
import dev.coracle.containerd.api.types.task.Process;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.OpenFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// The named pipes between this program's standard streams and a process of the daemon, in a
/// directory of their own; closing removes all of it.
///
/// Each pipe for output is held open for writing here too, until the process has ended: so its
/// reader sees the end once, after the daemon has closed its side, however late that opened it.
public final class StdioPipes implements AutoCloseable {
    private static final int PIECE = 64 << 10;
    private static final Set<OpenFlag> BOTH = EnumSet.of(OpenFlag.READ_WRITE);

    private final Path directory;
    private final String stdin;
    private final String stdout;
    private final String stderr;
    private final boolean terminal;
    private final List<Fd> keepers = new ArrayList<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final List<Thread> outputs = new ArrayList<>();

    private StdioPipes(Path directory, String stdin, String stdout, String stderr, boolean terminal) {
        this.directory = directory;
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
        this.terminal = terminal;
    }

    /// The pipes that another client made for a process.
    ///
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when its output goes elsewhere
    public static StdioPipes of(Process process) {
        if (!isFifo(process.getStdout())) {
            throw new FailedPrecondition("attach to " + process.getId() + ": its output goes to \""
                    + process.getStdout() + "\", which is no named pipe");
        }
        return new StdioPipes(
                Path.of(process.getStdout()).resolveSibling(""),
                process.getStdin(),
                process.getStdout(),
                process.getStderr(),
                process.getTerminal());
    }

    /// Pipes at places that a person names; those that are missing are made. They are not removed by [#letGo].
    public static StdioPipes named(Path stdin, Path stdout, Path stderr, boolean terminal) {
        var pipes = new StdioPipes(
                stdout.resolveSibling(""), stdin.toString(), stdout.toString(), stderr.toString(), terminal);
        for (var path : pipes.paths()) {
            if (!Files.exists(path)) {
                try (var folder = Directory.open(path.resolveSibling(""))) {
                    folder.makeFifo(FileName.of(path.getFileName()), 0700);
                } catch (ErrnoException e) {
                    throw new Unavailable("make pipe " + path + ": " + e.getMessage(), e);
                }
            }
        }
        return pipes;
    }

    /// Makes the pipes below `root`.
    public static StdioPipes make(Path root, String id, boolean terminal) {
        try {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var folder = Files.createTempDirectory(root, "");
            var pipes = new StdioPipes(
                    folder,
                    folder.resolve(id + "-stdin").toString(),
                    folder.resolve(id + "-stdout").toString(),
                    terminal ? "" : folder.resolve(id + "-stderr").toString(),
                    terminal);
            pipes.makeFiles();
            return pipes;
        } catch (IOException e) {
            throw new Unavailable("make pipes for standard streams in " + root + ": " + e.getMessage(), e)
                    .remedy("name a directory that can be written (--fifo-dir)");
        }
    }

    private void makeFiles() throws ErrnoException {
        try (var folder = Directory.open(directory)) {
            for (var path : paths()) {
                folder.makeFifo(FileName.of(path.getFileName()), 0700);
            }
        } catch (ErrnoException e) {
            remove();
            throw e;
        }
    }

    public String stdin() {
        return stdin;
    }

    public String stdout() {
        return stdout;
    }

    /// Empty with a terminal, which has one output.
    public String stderr() {
        return stderr;
    }

    private List<Path> paths() {
        return Stream.of(stdin, stdout, stderr)
                .filter(path -> !path.isEmpty())
                .map(Path::of)
                .toList();
    }

    /// Begins to carry bytes between the person's streams and the pipes. At the end of the input, `inputEnded` is
    /// called, but not before
    /// [#started].
    public void connect(Terminal person, Runnable inputEnded) {
        try {
            output("stdout", stdout, person.output());
            if (!terminal && !stderr.isEmpty()) {
                output("stderr", stderr, person.error());
            }
            if (stdin.isEmpty()) {
                return;
            }
            var pipe = Fd.open(Path.of(stdin), BOTH, 0);
            keepers.add(pipe);
            start("stdin", () -> {
                copy(person.in(), pipe.output());
                if (hasStarted()) { // before, a close would lose what nobody has read
                    pipe.close();
                    inputEnded.run();
                }
            });
        } catch (ErrnoException e) {
            throw new Unavailable("open pipes in " + directory + ": " + e.getMessage(), e);
        }
    }

    /// The process runs: from now on the daemon can be told that its input has ended.
    public void started() {
        running.countDown();
    }

    private boolean hasStarted() {
        try {
            running.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void output(String name, String path, OutputStream to) throws ErrnoException {
        keepers.add(Fd.open(Path.of(path), BOTH, 0));
        var pipe = Fd.openForReading(Path.of(path));
        outputs.add(start(name, () -> {
            try (pipe) {
                copy(pipe.input(), to);
            }
        }));
    }

    private static Thread start(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).start(work);
    }

    private static void copy(InputStream from, OutputStream to) {
        var piece = new byte[PIECE];
        try {
            for (var count = from.read(piece); count > 0; count = from.read(piece)) {
                to.write(piece, 0, count);
            }
        } catch (ErrnoException e) {
            // EIO: the terminal is gone; EPIPE: nobody reads; closed: the process has ended
            if (!e.is(Errno.EIO, Errno.EPIPE, Errno.EBADF)) {
                throw new IllegalStateException("copy standard streams", e);
            }
        } catch (IOException gone) {
            // so is the person
        }
    }

    /// After the process has ended: lets the outputs run to their end.
    public void drain() throws InterruptedException {
        keepers.forEach(Fd::close);
        for (var output : outputs) {
            output.join();
        }
    }

    /// Leaves the pipes where they are.
    public void letGo() {
        keepers.forEach(Fd::close);
    }

    @Override
    public void close() {
        keepers.forEach(Fd::close);
        remove();
    }

    private void remove() {
        paths().forEach(StdioPipes::delete);
        delete(directory);
    }

    /// Removes the pipes of a process that another client started, and their directory.
    public static void removeOf(Process process) {
        for (var path : List.of(process.getStdin(), process.getStdout(), process.getStderr())) {
            if (isFifo(path)) {
                delete(Path.of(path));
                delete(Path.of(path).resolveSibling(""));
            }
        }
    }

    private static boolean isFifo(String path) {
        try {
            return path.startsWith("/") && FileStatus.of(FileName.of(path)).type() == FileStatus.Type.FIFO;
        } catch (ErrnoException gone) {
            return false;
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException busyOrGone) {
            // a directory with somebody else's files in it stays
        }
    }
}
