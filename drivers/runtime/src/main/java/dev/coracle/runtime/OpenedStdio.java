package dev.coracle.runtime;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The descriptors a process is started with, opened for it. Named pipes are opened for reading *and* writing: so
/// neither the end of a client nor ours is the end of the stream or a broken pipe for the process, and the client's
/// reader sees the end exactly when the last process that writes has ended.
final class OpenedStdio implements AutoCloseable {
    private static final Path DEV_NULL = Path.of("/dev/null");

    private final List<Fd> all = new ArrayList<>();
    private final Fd stdin;
    private final Fd stdout;
    private final Fd stderr;
    private Optional<Fd> heldOpen = Optional.empty();
    private Optional<Fd> stdinHold = Optional.empty();

    private OpenedStdio(Stdio stdio, Loggers loggers, Path directory) {
        var opened = false;
        try {
            if (stdio.terminal() || StdioTarget.isAttachable(stdio)) {
                stdin = keep(open("stdin", DEV_NULL, Set.of(OpenFlag.READ_WRITE)));
                stdout = stdin;
                stderr = stdin;
                heldOpen = consolePipe(stdio, loggers, directory).map(path -> keep(openPipe("stdout", path)));
            } else {
                stdin = stdin(StdioTarget.parse(stdio.stdin()));
                var out = StdioTarget.parse(stdio.stdout());
                if (out instanceof StdioTarget.Logger logger) {
                    var pipes = loggers.start(logger, directory);
                    stdout = keep(pipes.output());
                    stderr = keep(pipes.errors());
                } else {
                    stdout = output("stdout", out);
                    stderr = output("stderr", StdioTarget.parse(stdio.stderr()));
                }
            }
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    static OpenedStdio open(Stdio stdio, Loggers loggers, Path directory) {
        return new OpenedStdio(stdio, loggers, directory);
    }

    /// The pipe that the console's output goes into, held by conmon so that its reader does not see an end when we go.
    private Optional<Path> consolePipe(Stdio stdio, Loggers loggers, Path directory) {
        return switch (StdioTarget.parse(stdio.stdout())) {
            case StdioTarget.NamedPipe(var path) -> Optional.of(path);
            case StdioTarget.Logger logger -> {
                var pipes = loggers.start(logger, directory);
                keep(pipes.output());
                keep(pipes.errors());
                yield Optional.of(Loggers.outputPipe(directory));
            }
            case StdioTarget.AppendedFile _, StdioTarget.Nothing _, StdioTarget.Kept _, StdioTarget.Attachable _ ->
                Optional.empty();
        };
    }

    private Fd stdin(StdioTarget target) {
        return switch (target) {
            case StdioTarget.Nothing _ -> keep(open("stdin", DEV_NULL, Set.of()));
            case StdioTarget.NamedPipe(var path) -> {
                if (isPipe("stdin", path)) {
                    // first both ends, so that opening one end does not wait for a client
                    stdinHold = Optional.of(openPipe("stdin", path));
                }
                yield keep(open("stdin", path, Set.of()));
            }
            case StdioTarget.AppendedFile(var path) -> keep(open("stdin", path, Set.of()));
            case StdioTarget.Logger _, StdioTarget.Kept _ -> throw new InvalidArgument("stdin cannot be a log");
            case StdioTarget.Attachable _ ->
                throw new InvalidArgument("stdin cannot be attached to while stdout goes elsewhere");
        };
    }

    private Fd output(String name, StdioTarget target) {
        return switch (target) {
            case StdioTarget.Nothing _ -> keep(open(name, DEV_NULL, Set.of(OpenFlag.READ_WRITE)));
            case StdioTarget.NamedPipe(var path) ->
                keep(isPipe(name, path) ? openPipe(name, path) : openFile(name, path));
            case StdioTarget.AppendedFile(var path) -> keep(openFile(name, path));
            case StdioTarget.Logger _, StdioTarget.Kept _, StdioTarget.Attachable _ ->
                throw new InvalidArgument(name + " cannot be a log of its own");
        };
    }

    static boolean isPipe(String name, Path path) {
        try {
            return FileStatus.of(FileName.of(path)).type() == FileStatus.Type.FIFO;
        } catch (ErrnoException failure) {
            throw failure(name, path, failure);
        }
    }

    /// Opens a client's pipe without waiting for anybody and without ever being its last end.
    static Fd openPipe(String name, Path path) {
        return open(name, path, Set.of(OpenFlag.READ_WRITE));
    }

    static Fd openFile(String name, Path path) {
        try {
            var parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException failure) {
            throw new Unknown("make the directory of " + name + " " + path + ": " + failure.getMessage(), failure);
        }
        return open(name, path, Set.of(OpenFlag.WRITE_ONLY, OpenFlag.APPEND, OpenFlag.CREATE));
    }

    static Fd open(String name, Path path, Set<OpenFlag> flags) {
        try {
            return Fd.open(path, flags, 0644);
        } catch (ErrnoException failure) {
            throw failure(name, path, failure);
        }
    }

    private static RuntimeException failure(String name, Path path, ErrnoException failure) {
        var message = "open " + name + " " + path + ": " + failure.getMessage();
        return failure.is(Errno.ENOENT) ? new NotFound(message, failure) : new Unknown(message, failure);
    }

    private Fd keep(Fd fd) {
        all.add(fd);
        return fd;
    }

    Fd stdin() {
        return stdin;
    }

    Fd stdout() {
        return stdout;
    }

    Fd stderr() {
        return stderr;
    }

    /// What conmon keeps open without using it.
    Optional<Fd> heldOpen() {
        return heldOpen;
    }

    /// Gives away the side of stdin that keeps it from ending; closed by whoever takes it.
    Optional<Fd> takeStdinHold() {
        var hold = stdinHold;
        stdinHold = Optional.empty();
        return hold;
    }

    @Override
    public void close() {
        all.forEach(Fd::close);
        stdinHold.ifPresent(Fd::close);
    }
}
