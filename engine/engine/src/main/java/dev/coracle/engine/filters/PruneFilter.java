package dev.coracle.engine.filters;

import java.time.Instant;
import java.util.List;
import java.util.Map;

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

    /// Whether something that was created then and has these labels is meant.
    public boolean matches(Instant created, Map<String, String> its) {
        return created.isBefore(until)
                && labels.stream().allMatch(label -> has(its, label))
                && withoutLabels.stream().noneMatch(label -> has(its, label));
    }

    private static boolean has(Map<String, String> labels, String wanted) {
        var equals = wanted.indexOf('=');
        return equals < 0
                ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }
}
