package dev.coracle.userns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// How VPNKit is greeted before frames flow: both sides say their version, then we ask for a connection by a number of
/// our own and are told the address of our device.
final class Vmnet {
    private static final byte[] MAGIC = "VMN3T".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 22;
    private static final int COMMIT = 40;
    private static final int CONNECT = 1;
    private static final int CONNECTED = 1;
    private static final int HARDWARE = 6;
    // the answer is as long as the longest one, a refusal with 255 characters
    private static final int ANSWER = 1 + 256;

    private Vmnet() {}

    /// @return the hardware address that our device has to have
    static byte[] greet(StreamFrames frames, UUID ours) throws IOException {
        var version = ByteBuffer.allocate(MAGIC.length + 4 + COMMIT).order(ByteOrder.LITTLE_ENDIAN);
        version.put(MAGIC).putInt(VERSION);
        frames.stream().write(version.array());
        if (!ByteBuffer.wrap(frames.exactly(version.capacity()), 0, MAGIC.length)
                .equals(ByteBuffer.wrap(MAGIC))) {
            throw new IOException("greet vpnkit: it speaks another protocol");
        }
        var request = ByteBuffer.allocate(1 + 36 + 4);
        request.put((byte) CONNECT).put(ours.toString().getBytes(StandardCharsets.US_ASCII));
        frames.stream().write(request.array());
        if (frames.exactly(1)[0] != CONNECTED) {
            var length = Byte.toUnsignedInt(frames.exactly(1)[0]);
            throw new IOException(
                    "greet vpnkit: it refuses: " + new String(frames.exactly(length), StandardCharsets.UTF_8));
        }
        var hardware = new byte[HARDWARE];
        // behind the MTU and the longest packet
        ByteBuffer.wrap(frames.exactly(ANSWER)).get(4, hardware);
        return hardware;
    }
}
