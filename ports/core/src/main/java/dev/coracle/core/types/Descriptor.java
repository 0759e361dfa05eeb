package dev.coracle.core.types;

import dev.coracle.base.Digest;
import java.util.Map;

/// A pointer to content (image-spec, descriptor.md): its media type, digest, size in bytes and
/// annotations.
public record Descriptor(String mediaType, Digest digest, long size, Map<String, String> annotations) {
    public Descriptor {
        annotations = Map.copyOf(annotations);
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Map.of());
    }
}
