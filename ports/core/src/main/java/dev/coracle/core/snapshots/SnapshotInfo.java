package dev.coracle.core.snapshots;

import java.time.Instant;
import java.util.Map;

/// A snapshot's record: its name (the key while it is active), the parent's name or empty, times
/// and labels.
public record SnapshotInfo(
        Kind kind, String name, String parent, Instant createdAt, Instant updatedAt, Map<String, String> labels) {
    public SnapshotInfo {
        labels = Map.copyOf(labels);
    }
}
