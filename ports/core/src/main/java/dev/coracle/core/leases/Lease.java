package dev.coracle.core.leases;

import java.time.Instant;
import java.util.Map;

/// A lease. `containerd.io/gc.expire` (RFC 3339) ends it; `containerd.io/gc.flat` keeps only what
/// is listed.
public record Lease(String id, Instant createdAt, Map<String, String> labels) {
    public Lease {
        labels = Map.copyOf(labels);
    }
}
