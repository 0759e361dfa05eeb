package dev.coracle.linux;

import java.util.Set;

/// How a file is opened. Reading is meant unless a write is named; close-on-exec is always set.
public enum OpenFlag {
    WRITE_ONLY(0x1, 0x1),
    READ_WRITE(0x2, 0x2),
    CREATE(0x40, 0x40),
    EXCLUSIVE(0x80, 0x80),
    NO_CONTROLLING_TERMINAL(0x100, 0x100),
    TRUNCATE(0x200, 0x200),
    APPEND(0x400, 0x400),
    NON_BLOCKING(0x800, 0x800),
    DIRECTORY(0x10000, 0x4000),
    NO_FOLLOW(0x20000, 0x8000),
    NO_ACCESS_TIME(0x40000, 0x40000),
    /// A handle on the name only: cannot be read, never blocks, never runs a device's open.
    PATH_ONLY(0x200000, 0x200000),
    /// An unnamed file in the directory given.
    TEMPORARY(0x410000, 0x404000);

    static final int CLOSE_ON_EXEC = 0x80000;

    private final int x86;
    private final int arm;

    OpenFlag(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    int number() {
        return Machine.IS_ARM ? arm : x86;
    }

    static int bits(Set<OpenFlag> flags) {
        var bits = CLOSE_ON_EXEC;
        for (var flag : flags) {
            bits |= flag.number();
        }
        return bits;
    }
}
