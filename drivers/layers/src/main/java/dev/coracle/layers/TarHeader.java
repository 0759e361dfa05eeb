package dev.coracle.layers;

import dev.coracle.linux.Device;
import java.util.Arrays;

/// One 512-byte header block and its fields (POSIX.1-2017, pax, "ustar Interchange Format"; GNU
/// tar manual, "Basic Tar Format").
final class TarHeader {
    static final int BLOCK = 512;

    private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0};
    private static final byte[] GNU = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};
    private static final byte[] STAR = {'t', 'a', 'r', 0};

    private final byte[] block;

    /// @throws TarException when the checksum does not fit: not an archive, or a damaged one
    TarHeader(byte[] block) throws TarException {
        this.block = block.clone();
        var written = TarNumbers.field(block, 148, 8, "checksum");
        var unsigned = 0L;
        var signed = 0L;
        for (var i = 0; i < BLOCK; i++) {
            var b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        if (written != unsigned && written != signed) {
            throw new TarException("a header has a wrong checksum");
        }
    }

    char flag() {
        return (char) (block[156] & 0xff);
    }

    /// The name with the prefix that the ustar format keeps in a field of its own.
    byte[] name() {
        var name = text(0, 100);
        if (!matches(257, USTAR)) {
            return name;
        }
        var prefix = text(345, matches(508, STAR) ? 131 : 155);
        if (prefix.length == 0) {
            return name;
        }
        var joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        joined[prefix.length] = '/';
        System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
        return joined;
    }

    byte[] link() {
        return text(157, 100);
    }

    /// Twelve permission bits.
    int mode() throws TarException {
        return (int) TarNumbers.field(block, 100, 8, "mode") & 0xfff;
    }

    long user() throws TarException {
        return TarNumbers.field(block, 108, 8, "user id");
    }

    long group() throws TarException {
        return TarNumbers.field(block, 116, 8, "group id");
    }

    long size() throws TarException {
        return TarNumbers.field(block, 124, 12, "size");
    }

    long modified() throws TarException {
        return TarNumbers.field(block, 136, 12, "modification time");
    }

    Device device() throws TarException {
        if (!matches(257, USTAR) && !isGnu()) {
            return TarEntry.NO_DEVICE;
        }
        var major = TarNumbers.field(block, 329, 8, "device number");
        var minor = TarNumbers.field(block, 337, 8, "device number");
        if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
            throw new TarException("the device number " + major + ":" + minor + " is out of range");
        }
        return new Device((int) major, (int) minor);
    }

    boolean isGnu() {
        return matches(257, GNU);
    }

    /// The size of an old GNU sparse file when unpacked.
    long realSize() throws TarException {
        return TarNumbers.field(block, 483, 12, "size of a sparse file");
    }

    boolean sparseGoesOn() {
        return block[482] != 0;
    }

    byte[] block() {
        return block.clone();
    }

    private boolean matches(int offset, byte[] magic) {
        return Arrays.equals(block, offset, offset + magic.length, magic, 0, magic.length);
    }

    /// Bytes up to the first zero.
    private byte[] text(int offset, int length) {
        var end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, offset, end);
    }
}
