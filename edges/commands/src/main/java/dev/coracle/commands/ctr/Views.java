package dev.coracle.commands.ctr;

import java.util.Map;
import java.util.stream.Collectors;

/// How values that several commands show are written.
final class Views {
    private Views() {}

    /// `a=1,b=2`, sorted; `none` when there are none.
    static String labels(Map<String, String> labels, String none) {
        var text = labels.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .sorted()
                .collect(Collectors.joining(","));
        return text.isEmpty() ? none : text;
    }
}
