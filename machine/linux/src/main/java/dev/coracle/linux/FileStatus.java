package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What statx tells about a file, without following a symbolic link.
///
/// @param mode type and permission bits, as in `st_mode`
/// @param device the file system's device, and for device nodes `special`, both as [Device]
public record FileStatus(
        int mode,
        long owner,
        long group,
        long size,
        long blocks512,
        long links,
        long inode,
        Device device,
        Device special,
        Instant accessed,
        Instant modified,
        Instant changed) {

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int BASIC = 0x7ff;

    /// What kind of file a mode describes.
    public enum Type {
        FILE,
        DIRECTORY,
        SYMLINK,
        FIFO,
        SOCKET,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        UNKNOWN
    }

    public Type type() {
        return type(mode);
    }

    static Type type(int mode) {
        return switch (mode & 0xf000) {
            case 0x8000 -> Type.FILE;
            case 0x4000 -> Type.DIRECTORY;
            case 0xa000 -> Type.SYMLINK;
            case 0x1000 -> Type.FIFO;
            case 0xc000 -> Type.SOCKET;
            case 0x2000 -> Type.CHARACTER_DEVICE;
            case 0x6000 -> Type.BLOCK_DEVICE;
            default -> Type.UNKNOWN;
        };
    }

    /// The permission bits with set-user-id, set-group-id and sticky.
    public int permissions() {
        return mode & 0xfff;
    }

    public boolean isDirectory() {
        return type() == Type.DIRECTORY;
    }

    public static FileStatus of(FileName path) throws ErrnoException {
        return of(Fd.AT_FDCWD, path);
    }

    static FileStatus of(int directory, @Nullable FileName name) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(256, 8);
            var path = name == null ? Native.string(arena, "") : Native.string(arena, name);
            var flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name == null ? AT_EMPTY_PATH : 0);
            Native.call(
                    Sys.STATX,
                    name == null ? "fd " + directory : name,
                    directory,
                    path,
                    flags,
                    BASIC,
                    buffer.address());
            return decode(buffer);
        }
    }

    private static FileStatus decode(MemorySegment at) {
        return new FileStatus(
                NativeData.getShort(at, 28) & 0xffff,
                unsigned(at, 20),
                unsigned(at, 24),
                NativeData.getLong(at, 40),
                NativeData.getLong(at, 48),
                unsigned(at, 16),
                NativeData.getLong(at, 32),
                new Device(NativeData.getInt(at, 136), NativeData.getInt(at, 140)),
                new Device(NativeData.getInt(at, 128), NativeData.getInt(at, 132)),
                time(at, 64),
                time(at, 112),
                time(at, 96));
    }

    private static long unsigned(MemorySegment at, long offset) {
        return Integer.toUnsignedLong(NativeData.getInt(at, offset));
    }

    private static Instant time(MemorySegment at, long offset) {
        return Instant.ofEpochSecond(NativeData.getLong(at, offset), NativeData.getInt(at, offset + 8));
    }
}
