package dev.coracle.engine.containers;

import java.util.Map;

/// Where the output is kept.
///
/// @param driver `json-file` (also the meaning of an empty name), `none`, one of
///     [dev.coracle.core.logs.LogDestinations#names], or an address (`file:///…`, `binary:///…`)
/// @param options `max-size`, `max-file` and those of the driver
public record LogOptions(String driver, Map<String, String> options) {
    /// Kept without a limit.
    public static final LogOptions DEFAULT = new LogOptions("json-file", Map.of());

    public LogOptions {
        options = Map.copyOf(options);
    }
}
