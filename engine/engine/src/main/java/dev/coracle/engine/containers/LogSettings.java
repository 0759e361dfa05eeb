package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.Locale;
import java.util.Set;

/// What a container's log options come to.
///
/// @param where what becomes of the output
/// @param maxSize bytes; 0: no limit
/// @param maxFiles at least 1
record LogSettings(Where where, long maxSize, int maxFiles) {
    /// Options that say something about lines; they change nothing about what is kept.
    private static final Set<String> TAGS = Set.of("labels", "labels-regex", "env", "env-regex", "tag", "mode");

    /// Of output that is also sent elsewhere, this much is kept unless the options say otherwise.
    private static final long QUEUE_SIZE = 20L << 20;

    private static final int QUEUE_FILES = 5;

    /// What becomes of output.
    enum Where {
        /// It is kept.
        HERE,
        /// It is kept, and sent to a service.
        HERE_AND_THERE,
        /// It goes to a place that its address names, and is not kept.
        ADDRESS,
        /// It is not kept.
        NOWHERE
    }

    static LogSettings of(LogOptions options) {
        var where = where(options.driver());
        var isSent = where == Where.HERE_AND_THERE;
        var maxSize = isSent ? QUEUE_SIZE : 0L;
        var maxFiles = isSent ? QUEUE_FILES : 1;
        for (var option : options.options().entrySet()) {
            switch (option.getKey()) {
                case "max-size" -> maxSize = size(option.getValue());
                case "max-file" -> maxFiles = count(option.getValue());
                default -> {
                    // a service's own are looked at by the service
                    if (!isSent && !TAGS.contains(option.getKey())) {
                        throw new InvalidArgument(
                                "unknown log opt '" + option.getKey() + "' for " + options.driver() + " log driver");
                    }
                }
            }
        }
        return new LogSettings(where, maxSize, maxFiles);
    }

    private static Where where(String driver) {
        return switch (driver) {
            case "", "json-file", "local" -> Where.HERE;
            case "none" -> Where.NOWHERE;
            default -> driver.contains("://") ? Where.ADDRESS : Where.HERE_AND_THERE;
        };
    }

    boolean kept() {
        return where == Where.HERE || where == Where.HERE_AND_THERE;
    }

    boolean isForwarded() {
        return where == Where.HERE_AND_THERE;
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
