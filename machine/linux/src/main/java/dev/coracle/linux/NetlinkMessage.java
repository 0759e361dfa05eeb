package dev.coracle.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One netlink message or several in a row, with attributes inside attributes.
final class NetlinkMessage {
    /// What fills in an attribute that holds others.
    interface Inside {
        void put(NetlinkMessage message);
    }

    private static final int NESTED = 0x8000;

    private final List<Integer> starts = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());

    /// Begins a message; what belonged to the one before is complete.
    NetlinkMessage begin(int type, int flags) {
        end();
        starts.add(buffer.position());
        room(16);
        buffer.putInt(0)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(0)
                .putInt(0);
        return this;
    }

    static NetlinkMessage of(int type, int flags) {
        return new NetlinkMessage().begin(type, flags);
    }

    private void end() {
        if (!starts.isEmpty()) {
            buffer.putInt(starts.getLast(), buffer.position() - starts.getLast());
        }
    }

    int count() {
        return starts.size();
    }

    void number(int sequence) {
        buffer.putInt(starts.getLast() + 8, sequence);
    }

    /// Numbers all messages, the last one with the sequence given.
    void numberAll(int last) {
        for (var i = 0; i < starts.size(); i++) {
            buffer.putInt(starts.get(i) + 8, last - starts.size() + 1 + i);
        }
    }

    /// Has the message before the last one acknowledged.
    void acknowledgeLastButOne() {
        var flags = starts.get(starts.size() - 2) + 6;
        buffer.putShort(flags, (short) (buffer.getShort(flags) | Netlink.ACK));
    }

    byte[] bytes() {
        end();
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    NetlinkMessage raw8(int... values) {
        room(values.length);
        for (var value : values) {
            buffer.put((byte) value);
        }
        return this;
    }

    NetlinkMessage raw32(int... values) {
        room(4 * values.length);
        for (var value : values) {
            buffer.putInt(value);
        }
        return this;
    }

    NetlinkMessage bytes(int type, byte[] value) {
        room(8 + value.length);
        buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }

    NetlinkMessage text(int type, String value) {
        var bytes = value.getBytes(StandardCharsets.US_ASCII);
        return bytes(type, Arrays.copyOf(bytes, bytes.length + 1));
    }

    NetlinkMessage number(int type, int value) {
        return bytes(type, native32(value));
    }

    NetlinkMessage octet(int type, int value) {
        return bytes(type, new byte[] {(byte) value});
    }

    /// A number in network order, as netfilter wants all of them.
    NetlinkMessage big(int type, int value) {
        return bytes(type, ByteBuffer.allocate(4).putInt(value).array());
    }

    NetlinkMessage nest(int type, Inside inside) {
        room(4);
        var start = buffer.position();
        buffer.putShort((short) 0).putShort((short) (type | NESTED));
        inside.put(this);
        buffer.putShort(start, (short) (buffer.position() - start));
        return this;
    }

    static byte[] native32(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes + 8) {
            buffer = ByteBuffer.allocate(buffer.capacity() * 2 + bytes)
                    .order(ByteOrder.nativeOrder())
                    .put(buffer.flip());
        }
    }

    /// The attribute of a received message, whose attributes begin at the offset.
    static Optional<ByteBuffer> attribute(ByteBuffer message, int offset, int type) {
        for (var at = offset; at + 4 <= message.limit(); ) {
            var length = Short.toUnsignedInt(message.getShort(at));
            if (length < 4 || at + length > message.limit()) {
                return Optional.empty();
            }
            if ((message.getShort(at + 2) & 0x3fff) == type) {
                return Optional.of(message.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
            }
            at += (length + 3) & ~3;
        }
        return Optional.empty();
    }

    static byte[] content(ByteBuffer attribute) {
        var bytes = new byte[attribute.limit()];
        attribute.get(0, bytes);
        return bytes;
    }

    static String text(ByteBuffer attribute) {
        var bytes = content(attribute);
        var end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }
}
