package dev.coracle.linux;

import java.util.Set;

/// Options of a mount that are flags and not file system data.
public enum MountFlag {
    READ_ONLY(0x1),
    NO_SUID(0x2),
    NO_DEV(0x4),
    NO_EXEC(0x8),
    SYNCHRONOUS(0x10),
    REMOUNT(0x20),
    NO_SYMLINK_FOLLOW(0x100),
    NO_ACCESS_TIME(0x400),
    NO_DIRECTORY_ACCESS_TIME(0x800),
    BIND(0x1000),
    MOVE(0x2000),
    RECURSIVE(0x4000),
    SILENT(0x8000),
    UNBINDABLE(0x20000),
    PRIVATE(0x40000),
    SLAVE(0x80000),
    SHARED(0x100000),
    RELATIVE_ACCESS_TIME(0x200000),
    STRICT_ACCESS_TIME(0x1000000);

    private final long number;

    MountFlag(long number) {
        this.number = number;
    }

    static long bits(Set<MountFlag> flags) {
        var bits = 0L;
        for (var flag : flags) {
            bits |= flag.number;
        }
        return bits;
    }
}
