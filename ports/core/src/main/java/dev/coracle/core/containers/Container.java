package dev.coracle.core.containers;

import dev.coracle.core.types.TypedBytes;
import java.time.Instant;
import java.util.Map;

/// What a task is to be: a specification, a runtime, a snapshot. Immutable parts are the id, the
/// runtime's name and the snapshotter. `sandbox` is empty without one.
public record Container(
        String id,
        Map<String, String> labels,
        String image,
        RuntimeRef runtime,
        TypedBytes spec,
        String snapshotter,
        String snapshotKey,
        Instant createdAt,
        Instant updatedAt,
        Map<String, TypedBytes> extensions,
        String sandbox) {
    public Container {
        labels = Map.copyOf(labels);
        extensions = Map.copyOf(extensions);
    }

    /// The runtime's name (`io.containerd.runc.v2`) and its options, opaque here.
    public record RuntimeRef(String name, TypedBytes options) {}
}
