package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// What statfs tells about the file system a path lies on.
public record FileSystem(long magic, long blockSize, long blocks, long blocksFree, long blocksAvailable, long files) {
    public static final long BTRFS = 0x9123683eL;
    public static final long XFS = 0x58465342L;
    public static final long TMPFS = 0x01021994L;
    public static final long OVERLAYFS = 0x794c7630L;
    public static final long NFS = 0x6969L;
    public static final long FUSE = 0x65735546L;
    public static final long CGROUP2 = 0x63677270L;
    public static final long PROC = 0x9fa0L;

    public static FileSystem of(Path path) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(120, 8);
            Native.call(Sys.STATFS, path, Native.string(arena, FileName.of(path)), buffer.address());
            return new FileSystem(
                    NativeData.getLong(buffer, 0) & 0xffffffffL,
                    NativeData.getLong(buffer, 8),
                    NativeData.getLong(buffer, 16),
                    NativeData.getLong(buffer, 24),
                    NativeData.getLong(buffer, 32),
                    NativeData.getLong(buffer, 40));
        }
    }
}
