package dev.coracle.logs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// The part of MessagePack (msgpack, spec.md) that lines are written with.
final class MessagePack {
    private static final int SMALL = 16;
    private static final int SMALL_TEXT = 32;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// The head of an array; its elements follow.
    MessagePack array(int size) {
        out.write(0x90 | size);
        return this;
    }

    /// The head of a map; keys and values follow in turn.
    MessagePack map(int size) {
        if (size < SMALL) {
            out.write(0x80 | size);
        } else {
            out.write(0xde);
            out.writeBytes(
                    ByteBuffer.allocate(Short.BYTES).putShort((short) size).array());
        }
        return this;
    }

    MessagePack number(long value) {
        out.write(0xd3);
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    /// Fluentd's extension for times with nanoseconds ("EventTime Ext Format").
    MessagePack time(Instant time) {
        out.write(0xd7);
        out.write(0);
        out.writeBytes(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt((int) time.getEpochSecond())
                .putInt(time.getNano())
                .array());
        return this;
    }

    MessagePack text(String value) {
        return text(value.getBytes(StandardCharsets.UTF_8));
    }

    MessagePack text(byte[] value) {
        if (value.length < SMALL_TEXT) {
            out.write(0xa0 | value.length);
        } else {
            out.write(0xdb);
            out.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
        }
        out.writeBytes(value);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
