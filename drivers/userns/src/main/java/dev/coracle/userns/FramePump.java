package dev.coracle.userns;

import dev.coracle.linux.Errno;
import dev.coracle.linux.Fd;
import dev.coracle.linux.RawBuffer;
import java.nio.ByteOrder;

/// Carries frames between a device and a stream, on two threads, until one of them ends.
///
/// What comes from the device was written by whoever is root inside. The program at the other end takes it for what it
/// says: packets that no device sends, to a loopback address, would reach the host's.
final class FramePump {
    /// What must not pass from the device.
    ///
    /// @param gatewayWeb the gateway as a number, where its port 80 takes orders, or 0
    record Guard(boolean loopback, int gatewayWeb) {}

    private static final int LENGTH = 2;
    private static final int LONGEST = 1 << 16;
    private static final int CHUNK = 1 << 18;
    private static final int ETHERNET = 14;
    private static final int IPV4 = 0x0800;
    private static final int TCP = 6;
    private static final int WEB = 80;

    private final Fd device;
    private final Fd stream;
    private final Guard guard;

    FramePump(Fd device, Fd stream, Guard guard) {
        this.device = device;
        this.stream = stream;
        this.guard = guard;
    }

    /// @param ended what to do when either direction has ended
    void start(Runnable ended) {
        Thread.ofPlatform().name("frames-out").daemon().start(() -> {
            out();
            ended.run();
        });
        Thread.ofPlatform().name("frames-in").daemon().start(() -> {
            in();
            ended.run();
        });
    }

    private void out() {
        try (var buffer = new RawBuffer(LENGTH + LONGEST)) {
            while (true) {
                var length = (int) buffer.read(device, LENGTH, LONGEST);
                if (length <= 0) {
                    return;
                }
                if (length >= LONGEST || isKept(buffer, LENGTH, length)) {
                    continue;
                }
                buffer.setShort(0, ByteOrder.LITTLE_ENDIAN, length);
                for (var done = 0; done < LENGTH + length; ) {
                    var count = buffer.write(stream, done, LENGTH + length - done);
                    if (count < 0) {
                        return;
                    }
                    done += (int) count;
                }
            }
        }
    }

    private void in() {
        try (var buffer = new RawBuffer(CHUNK)) {
            var filled = 0;
            while (true) {
                var count = buffer.read(stream, filled, CHUNK - filled);
                if (count <= 0) {
                    return;
                }
                filled += (int) count;
                var at = 0;
                while (filled - at >= LENGTH) {
                    var length = buffer.shortAt(at, ByteOrder.LITTLE_ENDIAN);
                    if (filled - at < LENGTH + length) {
                        break;
                    }
                    if (!isTaken(buffer.write(device, at + LENGTH, length))) {
                        return;
                    }
                    at += LENGTH + length;
                }
                filled -= at;
                buffer.moveToFront(at, filled);
            }
        }
    }

    /// A frame that the device does not want is lost, as frames are; a device that is gone is the end.
    private static boolean isTaken(long written) {
        return written >= 0
                || written == -Errno.EINVAL.number()
                || written == -Errno.EIO.number()
                || written == -Errno.ENOBUFS.number();
    }

    private boolean isKept(RawBuffer buffer, int at, int length) {
        if (length < ETHERNET + 20 || buffer.shortAt(at + 12, ByteOrder.BIG_ENDIAN) != IPV4) {
            return false;
        }
        var ip = at + ETHERNET;
        var first = buffer.byteAt(ip + 16);
        if (guard.loopback && (first == 127 || first == 0)) {
            return true;
        }
        return guard.gatewayWeb != 0
                && buffer.byteAt(ip + 9) == TCP
                && (buffer.shortAt(ip + 16, ByteOrder.BIG_ENDIAN) << 16 | buffer.shortAt(ip + 18, ByteOrder.BIG_ENDIAN))
                        == guard.gatewayWeb
                && mayBeForWeb(buffer, ip, at + length);
    }

    /// The port is in the first part of a packet; of one that comes in parts, none passes.
    private static boolean mayBeForWeb(RawBuffer buffer, int ip, int end) {
        var isPart = (buffer.shortAt(ip + 6, ByteOrder.BIG_ENDIAN) & 0x3fff) != 0;
        var port = ip + (buffer.byteAt(ip) & 0xf) * 4 + 2;
        return isPart || port + 2 > end || buffer.shortAt(port, ByteOrder.BIG_ENDIAN) == WEB;
    }
}
