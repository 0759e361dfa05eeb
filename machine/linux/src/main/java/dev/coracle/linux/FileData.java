package dev.coracle.linux;

import java.util.OptionalLong;

/// Moves and shapes the content of open files inside the kernel.
public final class FileData {
    private static final int FICLONE = 0x40049409;
    private static final int PUNCH_HOLE_KEEP_SIZE = 0x3;
    private static final int SEEK_SET = 0;
    private static final int SEEK_END = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int SPLICE_MOVE = 0x1;
    private static final int SPLICE_NONBLOCK = 0x2;

    private FileData() {}

    public static void truncate(Fd file, long size) throws ErrnoException {
        Native.call(Sys.FTRUNCATE, file, file.number(), size);
    }

    /// Reserves space.
    public static void allocate(Fd file, long offset, long length) throws ErrnoException {
        Native.call(Sys.FALLOCATE, file, file.number(), 0, offset, length);
    }

    public static void punchHole(Fd file, long offset, long length) throws ErrnoException {
        Native.call(Sys.FALLOCATE, file, file.number(), PUNCH_HOLE_KEEP_SIZE, offset, length);
    }

    /// Makes the target share the source's blocks; EOPNOTSUPP, EINVAL or EXDEV where the file system cannot.
    public static void reflink(Fd source, Fd target) throws ErrnoException {
        Native.call(Sys.IOCTL, "FICLONE", target.number(), FICLONE, source.number());
    }

    /// Copies from the positions of both files; 0 at the end of the source.
    public static long copyRange(Fd source, Fd target, long length) throws ErrnoException {
        return Native.call(Sys.COPY_FILE_RANGE, target, source.number(), 0, target.number(), 0, length, 0);
    }

    public static long sendFile(Fd source, Fd target, long length) throws ErrnoException {
        return Native.call(Sys.SENDFILE, target, target.number(), source.number(), 0, length);
    }

    /// Moves between a pipe and a file or socket; 0 at the end of the source.
    public static long splice(Fd source, Fd target, long length, boolean nonBlocking) throws ErrnoException {
        var flags = SPLICE_MOVE | (nonBlocking ? SPLICE_NONBLOCK : 0);
        return Native.call(Sys.SPLICE, target, source.number(), 0, target.number(), 0, length, flags);
    }

    public static void seek(Fd file, long position) throws ErrnoException {
        Native.call(Sys.LSEEK, file, file.number(), position, SEEK_SET);
    }

    /// Moves the position to the end and returns it.
    public static long seekEnd(Fd file) throws ErrnoException {
        return Native.call(Sys.LSEEK, file, file.number(), 0, SEEK_END);
    }

    /// Where data begins at or after a position; empty when only a hole is left. Moves the position of the file.
    public static OptionalLong nextData(Fd file, long from) throws ErrnoException {
        return next(file, from, SEEK_DATA);
    }

    /// Where the next hole begins; the end of the file counts as one. Moves the position of the file.
    public static OptionalLong nextHole(Fd file, long from) throws ErrnoException {
        return next(file, from, SEEK_HOLE);
    }

    private static OptionalLong next(Fd file, long from, int whence) throws ErrnoException {
        var result = Native.raw(Sys.LSEEK, file.number(), from, whence);
        if (result == -Errno.ENXIO.number()) {
            return OptionalLong.empty();
        }
        if (result < 0) {
            throw new ErrnoException((int) -result, "lseek", file.toString());
        }
        return OptionalLong.of(result);
    }

    /// Takes the advisory lock of an open file for others to see; false when somebody else holds it. The lock goes with
    /// the descriptor.
    public static boolean tryLock(Fd file, boolean shared) throws ErrnoException {
        var result = Native.raw(Sys.FLOCK, file.number(), (shared ? 1 : 2) | 4);
        if (result == -Errno.EAGAIN.number()) {
            return false;
        }
        if (result < 0) {
            throw new ErrnoException((int) -result, "flock", file.toString());
        }
        return true;
    }

    public static void unlock(Fd file) throws ErrnoException {
        Native.call(Sys.FLOCK, file, file.number(), 8);
    }
}
