package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/// An Ethernet device whose other end is a descriptor.
public final class Tap {
    private static final int TUNSETIFF = 0x400454ca;
    private static final int TUNSETPERSIST = 0x400454cb;
    private static final int IFF_TAP = 0x2;
    private static final int IFF_NO_PI = 0x1000;

    private Tap() {}

    /// Makes the device in the calling thread's network namespace; it goes when the descriptor is closed.
    public static Fd open(String name) throws ErrnoException {
        var fd = Fd.open(Path.of("/dev/net/tun"), Set.of(OpenFlag.READ_WRITE), 0);
        try (var arena = Arena.ofConfined()) {
            var request = arena.allocate(40, 8);
            MemorySegment.copy(interfaceName(name), 0, request, JAVA_BYTE, 0, name.length());
            request.set(JAVA_SHORT, 16, (short) (IFF_TAP | IFF_NO_PI));
            Native.call(Sys.IOCTL, "TUNSETIFF " + name, fd.number(), TUNSETIFF, request.address());
            return fd;
        } catch (ErrnoException failure) {
            fd.close();
            throw failure;
        }
    }

    /// Makes a device that stays when nobody has it open, for a program that opens it by name.
    public static void create(String name) throws ErrnoException {
        try (var fd = open(name)) {
            Native.call(Sys.IOCTL, "TUNSETPERSIST " + name, fd.number(), TUNSETPERSIST, 1);
        }
    }

    static byte[] interfaceName(String name) {
        var bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length == 0 || bytes.length > 15) {
            throw new IllegalArgumentException("an interface name has 1 to 15 characters: " + name);
        }
        return bytes;
    }
}
