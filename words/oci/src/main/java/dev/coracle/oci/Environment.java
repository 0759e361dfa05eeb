package dev.coracle.oci;

import java.util.LinkedHashMap;
import java.util.List;

/// Environment lists of `NAME=value` lines, as images and processes carry them.
final class Environment {
    private Environment() {}

    /// The lines of `below` with `above` over them: `NAME=value` replaces in place or is added, a
    /// bare `NAME` removes.
    static List<String> merge(List<String> below, List<String> above) {
        var lines = new LinkedHashMap<String, String>();
        below.forEach(line -> lines.put(name(line), line));
        for (var line : above) {
            if (line.indexOf('=') < 0) {
                lines.remove(line);
            } else {
                lines.put(name(line), line);
            }
        }
        return List.copyOf(lines.values());
    }

    private static String name(String line) {
        var equals = line.indexOf('=');
        return equals < 0 ? line : line.substring(0, equals);
    }
}
