package dev.coracle.forwarding;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/// The numbers of the protocol and the shape of what is sent: an opening of eight bytes, then
/// frames. All numbers are big-endian.
final class Wire {
    static final int VERSION = 1;
    static final int OPENING = 8;
    static final int HEADER = 8;

    /// What a command line and its environment may take at most; the kernel's usual limit is half of it.
    static final int LARGEST_REQUEST = 4 << 20;

    /// What may follow a request, and what a server answers.
    static final int LARGEST_NOTICE = 64;

    static final int LARGEST_ANSWER = 64 << 10;
    static final int DESCRIPTORS = 3;

    // from the client
    static final int REQUEST = 1;
    static final int SIGNAL = 2;

    // from the server; the numbers and REFUSED are the same in every version
    static final int EXIT = 1;
    static final int KILLED = 2;
    static final int REFUSED = 3;
    static final int WATCH = 4;

    private static final byte[] MAGIC = "CRCL".getBytes(US_ASCII);

    private Wire() {}

    static byte[] opening() {
        return ByteBuffer.allocate(OPENING).put(MAGIC).putInt(VERSION).array();
    }

    static byte[] frame(int kind, byte[] payload) {
        return ByteBuffer.allocate(HEADER + payload.length)
                .putInt(kind)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /// The version in an opening.
    static int version(ByteBuffer opening) throws ProtocolException {
        var magic = new byte[MAGIC.length];
        opening.get(magic);
        if (!java.util.Arrays.equals(magic, MAGIC)) {
            throw new ProtocolException("the peer does not speak command forwarding");
        }
        return opening.getInt();
    }
}
