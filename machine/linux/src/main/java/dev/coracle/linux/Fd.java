package dev.coracle.linux;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// An open file descriptor with one owner, who closes it. Closing twice does no harm; using it after that fails fast.
/// Reads and writes block in native code: call them from platform threads unless the descriptor is non-blocking.
public final class Fd implements AutoCloseable {
    static final int AT_FDCWD = -100;
    private static final int F_SETFL = 4;
    private static final int F_GETFL = 3;
    private static final int F_SETFD = 2;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int CHUNK = 1 << 16;

    private final int number;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Fd(int number) {
        this.number = number;
    }

    /// Takes over a descriptor that this process was started with or was handed as a number.
    public static Fd adopt(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        return new Fd(number);
    }

    static Fd adopt(long number) {
        return adopt(Math.toIntExact(number));
    }

    public static Fd open(Path path, Set<OpenFlag> flags, int mode) throws ErrnoException {
        return open(FileName.of(path), flags, mode);
    }

    public static Fd open(FileName path, Set<OpenFlag> flags, int mode) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            return adopt(
                    Native.call(Sys.OPENAT, path, AT_FDCWD, Native.string(arena, path), OpenFlag.bits(flags), mode));
        }
    }

    public static Fd openForReading(Path path) throws ErrnoException {
        return open(path, Set.of(), 0);
    }

    public int number() {
        if (!open.get()) {
            throw new IllegalStateException("file descriptor " + number + " is already closed");
        }
        return number;
    }

    public boolean isOpen() {
        return open.get();
    }

    /// The name by which this process can reach the open file again, whatever happened to its path.
    public Path procPath() {
        return Path.of("/proc/self/fd/" + number());
    }

    /// Another descriptor for the same open file.
    public Fd duplicate() throws ErrnoException {
        return duplicateFrom(3);
    }

    Fd duplicateFrom(int lowest) throws ErrnoException {
        return adopt(Native.call(Sys.FCNTL, this, number(), F_DUPFD_CLOEXEC, lowest));
    }

    /// Gives the descriptor away: this object no longer closes it.
    public int release() {
        if (!open.compareAndSet(true, false)) {
            throw new IllegalStateException("file descriptor " + number + " is already closed");
        }
        return number;
    }

    /// Reads at most `length` bytes; 0 at the end of the file.
    public int read(byte[] buffer, int offset, int length) throws ErrnoException {
        return transfer(Sys.READ, buffer, offset, length, -1, true);
    }

    /// Reads at a place of the file without moving its position; 0 at the end of the file.
    public int readAt(long position, byte[] buffer, int offset, int length) throws ErrnoException {
        return transfer(Sys.PREAD64, buffer, offset, length, position, true);
    }

    /// Writes once; returns how much the kernel took.
    public int writeSome(byte[] buffer, int offset, int length) throws ErrnoException {
        return transfer(Sys.WRITE, buffer, offset, length, -1, false);
    }

    public void write(byte[] buffer, int offset, int length) throws ErrnoException {
        for (var done = 0; done < length; ) {
            done += writeSome(buffer, offset + done, length - done);
        }
    }

    public void write(byte[] buffer) throws ErrnoException {
        write(buffer, 0, buffer.length);
    }

    public void writeAt(long position, byte[] buffer, int offset, int length) throws ErrnoException {
        for (var done = 0; done < length; ) {
            done += transfer(Sys.PWRITE64, buffer, offset + done, length - done, position + done, false);
        }
    }

    private int transfer(Sys sys, byte[] buffer, int offset, int length, long position, boolean in)
            throws ErrnoException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        var part = Math.min(length, CHUNK);
        try (var arena = Arena.ofConfined()) {
            var memory = Native.room(arena, part);
            if (!in) {
                NativeData.write(memory, 0, buffer, offset, part);
            }
            var count = (int) Native.call(sys, this, number(), memory.address(), part, position);
            if (in) {
                NativeData.read(memory, 0, buffer, offset, count);
            }
            return count;
        }
    }

    /// Makes the content and the metadata durable.
    public void sync() throws ErrnoException {
        Native.call(Sys.FSYNC, this, number());
    }

    /// Makes the content durable, without times.
    public void syncData() throws ErrnoException {
        Native.call(Sys.FDATASYNC, this, number());
    }

    public void setNonBlocking(boolean nonBlocking) throws ErrnoException {
        var flags = Native.call(Sys.FCNTL, this, number(), F_GETFL);
        var wanted = nonBlocking ? flags | 0x800 : flags & ~0x800;
        Native.call(Sys.FCNTL, this, number(), F_SETFL, wanted);
    }

    /// Whether a program executed in place of this one inherits the descriptor.
    public void setInherited(boolean inherited) throws ErrnoException {
        Native.call(Sys.FCNTL, this, number(), F_SETFD, inherited ? 0 : 1);
    }

    /// Changes owner and group of the open file; -1 leaves one as it is.
    public void changeOwner(long owner, long group) throws ErrnoException {
        Native.call(Sys.FCHOWN, this, number(), owner, group);
    }

    public void changeMode(int permissions) throws ErrnoException {
        Native.call(Sys.FCHMOD, this, number(), permissions);
    }

    /// Sets the times of the open file, to the nanosecond; null leaves one as it is.
    public void setTimes(@Nullable Instant accessed, @Nullable Instant modified) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.UTIMENSAT, this, number(), 0, Directory.times(arena, accessed, modified), 0);
        }
    }

    public FileStatus status() throws ErrnoException {
        return FileStatus.of(number(), null);
    }

    /// A stream over the descriptor; closing the stream closes the descriptor.
    public InputStream input() {
        return new FdStreams.Input(this);
    }

    /// An unbuffered stream over the descriptor; closing the stream closes the descriptor.
    public OutputStream output() {
        return new FdStreams.Output(this);
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            // the descriptor is gone whatever close() answers, so there is nothing to do about a failure
            var _ = Native.raw(Sys.CLOSE, number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number;
    }
}
