package dev.coracle.logs;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.Map;
import java.util.Optional;

/// The options of one container's log, read one by one.
record Options(String driver, Map<String, String> values) {
    Options {
        values = Map.copyOf(values);
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    boolean is(String key) {
        return switch (values.getOrDefault(key, "")) {
            case "", "false", "0" -> false;
            case "true", "1" -> true;
            default -> throw refused(key, "is neither true nor false");
        };
    }

    InvalidArgument refused(String key, String why) {
        return new InvalidArgument("log opt " + key + "=" + values.getOrDefault(key, "") + " " + why);
    }
}
