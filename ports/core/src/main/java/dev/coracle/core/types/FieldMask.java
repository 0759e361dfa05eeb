package dev.coracle.core.types;

import java.util.List;

/// Which fields an update means. Paths are lower case and joined (`snapshotkey`); `labels.k`
/// names one label, where `k` may contain dots itself. An empty mask has a meaning of its own per
/// noun.
public record FieldMask(List<String> paths) {
    /// No path at all.
    public static final FieldMask EMPTY = new FieldMask(List.of());

    public FieldMask {
        paths = List.copyOf(paths);
    }

    public boolean isEmpty() {
        return paths.isEmpty();
    }

    public static FieldMask of(String... paths) {
        return new FieldMask(List.of(paths));
    }
}
