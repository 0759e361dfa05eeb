package dev.coracle.commands.client;

import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileName;
import dev.coracle.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The named pipes between this program's standard streams and a process of the daemon, in a
/// directory of their own; closing removes all of it.
///
/// Each pipe for output is held open for writing here too, until the process has ended: so its
/// reader sees the end once, after the daemon has closed its side, however late that opened it.
public final class StdioPipes implements AutoCloseable {
    private static final int PIECE = 64 << 10;
    private static final Set<OpenFlag> BOTH = EnumSet.of(OpenFlag.READ_WRITE);

    private final Path directory;
    private final String id;
    private final boolean terminal;
    private final List<Fd> keepers = new ArrayList<>();
    private final List<Thread> outputs = new ArrayList<>();

    private StdioPipes(Path directory, String id, boolean terminal) {
        this.directory = directory;
        this.id = id;
        this.terminal = terminal;
    }

    /// Makes the pipes below `root`.
    public static StdioPipes make(Path root, String id, boolean terminal) {
        try {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var pipes = new StdioPipes(Files.createTempDirectory(root, ""), id, terminal);
            pipes.makeFiles();
            return pipes;
        } catch (IOException e) {
            throw new Unavailable("make pipes for standard streams in " + root + ": " + e.getMessage(), e)
                    .remedy("name a directory that can be written (--fifo-dir)");
        }
    }

    private void makeFiles() throws ErrnoException {
        try (var folder = Directory.open(directory)) {
            for (var name : terminal ? List.of("-stdin", "-stdout") : List.of("-stdin", "-stdout", "-stderr")) {
                folder.makeFifo(FileName.of(id + name), 0700);
            }
        } catch (ErrnoException e) {
            remove();
            throw e;
        }
    }

    public String stdin() {
        return path("-stdin");
    }

    public String stdout() {
        return path("-stdout");
    }

    /// Empty with a terminal, which has one output.
    public String stderr() {
        return terminal ? "" : path("-stderr");
    }

    private String path(String name) {
        return directory.resolve(id + name).toString();
    }

    /// Begins to carry bytes; at the end of the input, `inputEnded` is called.
    public void connect(Runnable inputEnded) {
        try {
            output(stdout(), 1);
            if (!terminal) {
                output(stderr(), 2);
            }
            var pipe = Fd.open(Path.of(stdin()), BOTH, 0);
            keepers.add(pipe);
            start("stdin", () -> {
                copy(0, pipe);
                pipe.close();
                inputEnded.run();
            });
        } catch (ErrnoException e) {
            throw new Unavailable("open pipes in " + directory + ": " + e.getMessage(), e);
        }
    }

    private void output(String path, int to) throws ErrnoException {
        keepers.add(Fd.open(Path.of(path), BOTH, 0));
        var pipe = Fd.openForReading(Path.of(path));
        outputs.add(start(to == 1 ? "stdout" : "stderr", () -> {
            try (pipe) {
                copy(pipe, to);
            }
        }));
    }

    private static Thread start(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).start(work);
    }

    private static void copy(int from, Fd to) {
        copy(Fd.adopt(from), to);
    }

    private static void copy(Fd from, int to) {
        copy(from, Fd.adopt(to));
    }

    private static void copy(Fd from, Fd to) {
        var piece = new byte[PIECE];
        try {
            for (var count = from.read(piece, 0, PIECE); count > 0; count = from.read(piece, 0, PIECE)) {
                to.write(piece, 0, count);
            }
        } catch (ErrnoException e) {
            // EIO: the terminal is gone; EPIPE: nobody reads; closed: the process has ended
            if (e.errno() != Errno.EIO && e.errno() != Errno.EPIPE && e.errno() != Errno.EBADF) {
                throw new IllegalStateException("copy standard streams", e);
            }
        }
    }

    /// After the process has ended: lets the outputs run to their end.
    public void drain() throws InterruptedException {
        keepers.forEach(Fd::close);
        for (var output : outputs) {
            output.join();
        }
    }

    @Override
    public void close() {
        keepers.forEach(Fd::close);
        remove();
    }

    private void remove() {
        for (var path : List.of(stdin(), stdout(), path("-stderr"))) {
            delete(Path.of(path));
        }
        delete(directory);
    }

    /// Removes the pipes of a process that another client started, and their directory.
    public static void removeOf(dev.coracle.containerd.api.types.task.Process process) {
        for (var path : List.of(process.getStdin(), process.getStdout(), process.getStderr())) {
            if (isFifo(path)) {
                delete(Path.of(path));
                delete(Path.of(path).resolveSibling("."));
            }
        }
    }

    private static boolean isFifo(String path) {
        try {
            return path.startsWith("/")
                    && dev.coracle.linux.FileStatus.of(FileName.of(path)).type()
                            == dev.coracle.linux.FileStatus.Type.FIFO;
        } catch (ErrnoException gone) {
            return false;
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path.normalize());
        } catch (IOException busyOrGone) {
            // a directory with somebody else's files in it stays
        }
    }
}
