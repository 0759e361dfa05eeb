package dev.coracle.userns;

import java.util.ArrayList;
import java.util.List;

/// How ids inside a user namespace translate to the host's: 0 is the account, the sub-ids follow from 1.
public record IdMap(long own, List<IdRange> ranges) {
    // what the kernel takes for one map
    private static final int MOST_LINES = 340;

    public IdMap {
        ranges = List.copyOf(ranges);
    }

    static IdMap of(long own, List<IdRange> ranges) {
        var merged = IdRange.merge(ranges, own);
        return new IdMap(own, merged.subList(0, Math.min(merged.size(), MOST_LINES - 1)));
    }

    /// Only the account itself is mapped.
    public boolean isSingle() {
        return ranges.isEmpty();
    }

    /// The words for newuidmap and newgidmap after the pid: inside, outside, count, and again.
    List<String> words() {
        var words = new ArrayList<String>();
        add(words, 0, own, 1);
        var inside = 1L;
        for (var range : ranges) {
            add(words, inside, range.first(), range.count());
            inside += range.count();
        }
        return List.copyOf(words);
    }

    private static void add(List<String> words, long inside, long outside, long count) {
        words.addAll(List.of(Long.toString(inside), Long.toString(outside), Long.toString(count)));
    }
}
