package dev.coracle.base;

import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// Labels: text to text, the only place where clients and the garbage collector leave notes. A
/// key and its value together take at most 4096 bytes; a label with an empty value is not stored,
/// which is how a client deletes one.
public final class Labels {
    private static final int LARGEST = 4096;

    private Labels() {}

    /// A validated copy without the labels whose value is empty.
    ///
    /// @throws InvalidArgument when a label is too large or has no key
    public static Map<String, String> of(Map<String, String> labels) {
        var kept = new LinkedHashMap<String, String>();
        labels.forEach((key, value) -> {
            require(key, value);
            if (!value.isEmpty()) {
                kept.put(key, value);
            }
        });
        return Map.copyOf(kept);
    }

    private static void require(String key, String value) {
        if (key.isEmpty()) {
            throw new InvalidArgument("label key must not be empty");
        }
        var size = key.getBytes(StandardCharsets.UTF_8).length + value.getBytes(StandardCharsets.UTF_8).length;
        if (size > LARGEST) {
            throw new InvalidArgument("label key and value length (" + size + " bytes) greater than maximum size ("
                    + LARGEST + " bytes), key: " + (key.length() > 10 ? key.substring(0, 10) : key));
        }
    }
}
