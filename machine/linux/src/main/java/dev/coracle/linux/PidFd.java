package dev.coracle.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// A handle on one process that never refers to another, whoever gets its number later.
public final class PidFd implements AutoCloseable {
    private static final int P_PIDFD = 3;
    private static final int P_ALL = 0;
    private static final int WEXITED = 4;
    private static final int WNOHANG = 1;
    private static final int CLD_EXITED = 1;
    private static final int CLD_DUMPED = 3;

    private final long pid;
    private final Fd fd;

    private PidFd(long pid, Fd fd) {
        this.pid = pid;
        this.fd = fd;
    }

    public static PidFd open(long pid) throws ErrnoException {
        return new PidFd(pid, Fd.adopt(Native.call(Sys.PIDFD_OPEN, pid, pid, 0)));
    }

    /// Opens the process only if it is the one that was started then, see [#startTicks].
    public static Optional<PidFd> find(long pid, long startTicks) throws IOException {
        PidFd found;
        try {
            found = open(pid);
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ESRCH, Errno.EINVAL)) {
                return Optional.empty();
            }
            throw failure;
        }
        // compared after opening: from here on the number can no longer change hands unseen
        var ticks = startTicks(pid);
        if (ticks.isPresent() && ticks.getAsLong() == startTicks) {
            return Optional.of(found);
        }
        found.close();
        return Optional.empty();
    }

    /// When the process was started, in clock ticks since boot; with the pid it names a process for ever.
    public static OptionalLong startTicks(long pid) throws IOException {
        try {
            var stat =
                    Files.readString(Path.of("/proc/" + pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
            // the second field is the program's name in parentheses and may itself hold blanks and parentheses
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return OptionalLong.of(Long.parseLong(fields[19]));
        } catch (NoSuchFileException gone) {
            return OptionalLong.empty();
        } catch (IOException failure) {
            if (!Files.exists(Path.of("/proc/" + pid))) {
                return OptionalLong.empty();
            }
            throw failure;
        }
    }

    public long pid() {
        return pid;
    }

    /// Readable once the process has ended.
    public Fd fd() {
        return fd;
    }

    /// Sends a signal; false when the process has already ended, also when nobody has collected its status yet: the
    /// kernel accepts signals for such a process and drops them.
    public boolean send(Signal signal) throws ErrnoException {
        if (awaitEnd(Duration.ZERO)) {
            return false;
        }
        var result = Native.raw(Sys.PIDFD_SEND_SIGNAL, fd.number(), signal.number(), 0, 0);
        if (result == -Errno.ESRCH.number()) {
            return false;
        }
        if (result < 0) {
            throw new ErrnoException((int) -result, "pidfd_send_signal", pid + " " + signal);
        }
        return true;
    }

    /// Waits until the process has ended, ours or not; false when the time is over.
    public boolean awaitEnd(Duration atMost) throws ErrnoException {
        return Polling.awaitReadable(fd, atMost);
    }

    /// Collects the status of our own child; empty while it runs.
    public Optional<WaitStatus> reap() throws ErrnoException {
        return waitFor(P_PIDFD, fd.number(), WNOHANG).map(Reaped::status);
    }

    /// Waits for our own child to end and collects its status.
    public WaitStatus waitAndReap() throws ErrnoException {
        return waitFor(P_PIDFD, fd.number(), 0).orElseThrow().status();
    }

    /// A child that has been collected.
    public record Reaped(long pid, WaitStatus status) {}

    /// Collects any child that has ended; empty when there is none. For a process that is PID 1 or a subreaper.
    public static Optional<Reaped> reapAny() throws ErrnoException {
        try {
            return waitFor(P_ALL, 0, WNOHANG);
        } catch (ErrnoException failure) {
            if (failure.errno() == Errno.ECHILD) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static Optional<Reaped> waitFor(int kind, long id, int options) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var info = arena.allocate(128, 8);
            Native.call(Sys.WAITID, "", kind, id, info.address(), WEXITED | options, 0);
            var pid = NativeData.getInt(info, 16);
            if (pid == 0) {
                return Optional.empty();
            }
            var code = NativeData.getInt(info, 8);
            var value = NativeData.getInt(info, 24);
            var status = code == CLD_EXITED
                    ? new WaitStatus.Exited(value)
                    : new WaitStatus.Signaled(new Signal(value), code == CLD_DUMPED);
            return Optional.of(new Reaped(pid, status));
        }
    }

    /// Takes a copy of a descriptor out of another process of ours.
    public Fd take(int number) throws ErrnoException {
        return Fd.adopt(Native.call(Sys.PIDFD_GETFD, pid + " fd " + number, fd.number(), number, 0));
    }

    @Override
    public void close() {
        fd.close();
    }
}
