package dev.coracle.engine.containers;

import java.time.Duration;

/// How a container is stopped.
///
/// @param signal empty: the container's
/// @param timeout negative: the container's
public record StopOptions(String signal, Duration timeout) {
    /// As the container says.
    public static final StopOptions DEFAULT = new StopOptions("", Duration.ofSeconds(-1));
}
