package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.Locale;
import java.util.Set;

/// What a container's log options come to.
///
/// @param maxSize bytes; 0: no limit
/// @param maxFiles at least 1
record LogSettings(boolean kept, long maxSize, int maxFiles) {
    /// Options that say something about lines; they change nothing about what is kept.
    private static final Set<String> TAGS = Set.of("labels", "labels-regex", "env", "env-regex", "tag", "mode");

    static LogSettings of(LogOptions options) {
        var maxSize = 0L;
        var maxFiles = 1;
        for (var option : options.options().entrySet()) {
            switch (option.getKey()) {
                case "max-size" -> maxSize = size(option.getValue());
                case "max-file" -> maxFiles = count(option.getValue());
                default -> {
                    if (!TAGS.contains(option.getKey())) {
                        throw new InvalidArgument(
                                "unknown log opt '" + option.getKey() + "' for " + options.driver() + " log driver");
                    }
                }
            }
        }
        return new LogSettings(!options.driver().equals("none"), maxSize, maxFiles);
    }

    private static long size(String text) {
        var word = text.toLowerCase(Locale.ROOT);
        if (word.equals("-1")) {
            return 0;
        }
        if (!word.matches("[0-9]{1,12}[kmg]?b?")) {
            throw new InvalidArgument("log opt max-size=" + text + " is not a size like 10m");
        }
        var digits = word.replaceAll("[^0-9]", "");
        var unit = word.replaceAll("[0-9b]", "");
        return Long.parseLong(digits)
                << switch (unit) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
    }

    private static int count(String text) {
        if (!text.matches("[1-9][0-9]{0,4}")) {
            throw new InvalidArgument("log opt max-file=" + text + " is not a number from 1");
        }
        return Integer.parseInt(text);
    }
}
