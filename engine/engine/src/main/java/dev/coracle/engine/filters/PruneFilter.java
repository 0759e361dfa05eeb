package dev.coracle.engine.filters;

import java.time.Instant;
import java.util.List;

/// What pruning is limited to.
///
/// @param until only what was created before this
/// @param labels `k` or `k=v`: only what has all of these
/// @param withoutLabels only what has none of these
public record PruneFilter(Instant until, List<String> labels, List<String> withoutLabels) {
    /// No limit at all.
    public static final PruneFilter ALL = new PruneFilter(Instant.MAX, List.of(), List.of());

    public PruneFilter {
        labels = List.copyOf(labels);
        withoutLabels = List.copyOf(withoutLabels);
    }
}
