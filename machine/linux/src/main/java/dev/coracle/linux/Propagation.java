package dev.coracle.linux;

/// Whether mounts made on one side of a namespace show on the other. The recursive ones cover all mounts below.
public enum Propagation {
    PRIVATE(0x40000),
    RPRIVATE(0x44000),
    SLAVE(0x80000),
    RSLAVE(0x84000),
    SHARED(0x100000),
    RSHARED(0x104000),
    UNBINDABLE(0x20000);

    private final long bits;

    Propagation(long bits) {
        this.bits = bits;
    }

    long bits() {
        return bits;
    }
}
