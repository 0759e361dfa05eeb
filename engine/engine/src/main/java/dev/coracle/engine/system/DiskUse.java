package dev.coracle.engine.system;

import java.util.List;

/// Disk taken, by kind.
public record DiskUse(List<Kind> kinds) {
    public DiskUse {
        kinds = List.copyOf(kinds);
    }

    /// @param name `Images`, `Containers`, `Local Volumes`
    /// @param reclaimable bytes that pruning would free
    public record Kind(String name, int total, int active, long bytes, long reclaimable) {}
}
