package dev.coracle.userns;

import java.util.ArrayList;
import java.util.List;

/// Ids of the host that an account may use inside its namespaces.
public record IdRange(long first, long count) {
    public IdRange {
        if (first < 0 || count <= 0 || first + count > 0xffffffffL) {
            throw new IllegalArgumentException("not a range of ids: " + first + ":" + count);
        }
    }

    long end() {
        return first + count;
    }

    boolean contains(long id) {
        return id >= first && id < end();
    }

    /// Ranges sorted, with those that overlap or touch made one: the kernel refuses a map that names an id twice. An
    /// account's own id is cut out, for it is mapped already.
    static List<IdRange> merge(List<IdRange> ranges, long own) {
        var merged = new ArrayList<IdRange>();
        for (var range : ranges.stream()
                .flatMap(each -> without(each, own).stream())
                .sorted((one, other) -> Long.compare(one.first, other.first))
                .toList()) {
            if (!merged.isEmpty() && merged.getLast().end() >= range.first) {
                var last = merged.removeLast();
                merged.add(new IdRange(last.first, Math.max(last.end(), range.end()) - last.first));
            } else {
                merged.add(range);
            }
        }
        return List.copyOf(merged);
    }

    private static List<IdRange> without(IdRange range, long own) {
        if (!range.contains(own)) {
            return List.of(range);
        }
        var rest = new ArrayList<IdRange>();
        if (own > range.first) {
            rest.add(new IdRange(range.first, own - range.first));
        }
        if (own + 1 < range.end()) {
            rest.add(new IdRange(own + 1, range.end() - own - 1));
        }
        return rest;
    }
}
