package dev.coracle.containerd.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.containerd.api.runc.Options;
import dev.coracle.core.types.TypedBytes;
import java.nio.charset.StandardCharsets;

/// Runtime options on their way to a driver: drivers know no protobuf, so the options of runc
/// become JSON under the same type. Others pass as they are, and so does what is JSON already. A
/// shim gets its options as they came.
public final class RuntimeOptions {
    private static final String RUNC = Options.getDescriptor().getFullName();

    private RuntimeOptions() {}

    /// @throws InvalidArgument when they are not what their type says
    public static TypedBytes forDriver(TypedBytes options) {
        var bytes = options.value();
        // no message begins like JSON: that would be a group
        if (!options.typeUrl().equals(RUNC) || (bytes.length > 0 && bytes[0] == '{')) {
            return options;
        }
        try {
            return new TypedBytes(RUNC, json(Options.parseFrom(bytes)).getBytes(StandardCharsets.UTF_8));
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidArgument("runtime options are not a " + RUNC, e);
        }
    }

    private static String json(Options options) {
        var json = new StringBuilder("{");
        for (var field : options.getAllFields().entrySet()) {
            json.append(json.length() > 1 ? "," : "")
                    .append(quoted(field.getKey().getJsonName()))
                    .append(':')
                    .append(field.getValue() instanceof String text ? quoted(text) : field.getValue());
        }
        return json.append('}').toString();
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < 0x20) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
