package dev.coracle.commands.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.time.Instant;

/// Values as they are on the wire.
public final class Wires {
    private Wires() {}

    public static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    /// A message under its bare name, without the prefix that `Any.pack` puts before it.
    public static Any any(Message message) {
        return any(
                message.getDescriptorForType().getFullName(),
                message.toByteString().toByteArray());
    }

    /// Bytes under a type name.
    public static Any any(String type, byte[] value) {
        return Any.newBuilder()
                .setTypeUrl(type)
                .setValue(ByteString.copyFrom(value))
                .build();
    }
}
