package dev.coracle.linux;

/// A device number.
public record Device(int major, int minor) {
    /// As mknod takes it: the twelve low bits of the major between the low and the high bits of the minor.
    long number() {
        return (minor & 0xffL) | ((long) major << 8) | ((minor & ~0xffL) << 12);
    }
}
