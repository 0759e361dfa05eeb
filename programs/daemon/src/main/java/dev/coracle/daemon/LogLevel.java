package dev.coracle.daemon;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The levels of containerd's log, from the most talkative on.
enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL,
    PANIC;

    static Optional<LogLevel> of(String word) {
        var given = word.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(level -> level.word().equals(given.equals("warn") ? "warning" : given))
                .findFirst();
    }

    /// As it stands in a line of the log.
    String word() {
        return this == WARN ? "warning" : name().toLowerCase(Locale.ROOT);
    }

    static String words() {
        return Arrays.stream(values())
                .map(level -> level.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
