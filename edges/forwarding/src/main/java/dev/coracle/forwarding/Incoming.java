package dev.coracle.forwarding;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Bytes as they arrive, cut into an opening and frames. Room is taken for what has come, never for
/// what was announced.
final class Incoming {
    private byte[] bytes = new byte[512];
    private int from;
    private int to;
    private Optional<Integer> version = Optional.empty();

    /// One frame; the payload is a copy.
    record Frame(int kind, ByteBuffer payload) {}

    void add(byte[] more) {
        if (to + more.length > bytes.length) {
            var kept = to - from;
            var room = new byte[Math.max(2 * kept, kept + more.length)];
            System.arraycopy(bytes, from, room, 0, kept);
            bytes = room;
            from = 0;
            to = kept;
        }
        System.arraycopy(more, 0, bytes, to, more.length);
        to += more.length;
    }

    /// The version that the peer speaks, once its opening is here.
    Optional<Integer> version() throws ProtocolException {
        if (version.isEmpty() && to - from >= Wire.OPENING) {
            version = Optional.of(Wire.version(ByteBuffer.wrap(bytes, from, Wire.OPENING)));
            from += Wire.OPENING;
        }
        return version;
    }

    /// The next frame behind the opening, once it is whole.
    ///
    /// @throws ProtocolException when it is larger than allowed
    Optional<Frame> next(int largest) throws ProtocolException {
        if (version().isEmpty() || to - from < Wire.HEADER) {
            return Optional.empty();
        }
        var header = ByteBuffer.wrap(bytes, from, Wire.HEADER);
        var kind = header.getInt();
        var length = header.getInt();
        if (length < 0 || length > largest) {
            throw new ProtocolException("a message of " + Integer.toUnsignedString(length)
                    + " bytes is larger than the " + largest + " that are allowed");
        }
        if (to - from - Wire.HEADER < length) {
            return Optional.empty();
        }
        from += Wire.HEADER;
        var payload = ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, from + length));
        from += length;
        return Optional.of(new Frame(kind, payload));
    }
}
