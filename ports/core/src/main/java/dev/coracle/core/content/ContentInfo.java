package dev.coracle.core.content;

import dev.coracle.base.Digest;
import java.time.Instant;
import java.util.Map;

/// What is known of a blob in one namespace. Size in bytes; times in nanoseconds.
public record ContentInfo(Digest digest, long size, Instant createdAt, Instant updatedAt, Map<String, String> labels) {
    public ContentInfo {
        labels = Map.copyOf(labels);
    }
}
