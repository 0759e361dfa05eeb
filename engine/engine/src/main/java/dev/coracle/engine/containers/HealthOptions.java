package dev.coracle.engine.containers;

import java.time.Duration;
import java.util.List;

/// How the container's health is looked after; what is empty or zero is the image's, or Docker's default.
///
/// @param disabled whether the image's check is not run
/// @param test `CMD` and words, or `CMD-SHELL` and a command line
public record HealthOptions(
        boolean disabled,
        List<String> test,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {
    /// As the image says.
    public static final HealthOptions INHERITED =
            new HealthOptions(false, List.of(), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);

    public HealthOptions {
        test = List.copyOf(test);
    }
}
