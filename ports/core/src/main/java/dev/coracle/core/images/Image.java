package dev.coracle.core.images;

import dev.coracle.core.types.Descriptor;
import java.time.Instant;
import java.util.Map;

/// A name, opaque to the store, for a descriptor.
public record Image(String name, Descriptor target, Map<String, String> labels, Instant createdAt, Instant updatedAt) {
    public Image {
        labels = Map.copyOf(labels);
    }
}
