package dev.coracle.engine.containers;

import java.time.Duration;

/// How the container begins and ends.
///
/// @param autoRemove whether it is removed when it has ended, with its anonymous volumes
/// @param init whether a small init process reaps what is orphaned in it
/// @param stopSignal empty: the image's, or TERM
/// @param stopTimeout how long stopping waits; negative: 10 s
public record LifecycleOptions(
        RestartPolicy restart, boolean autoRemove, boolean init, String stopSignal, Duration stopTimeout) {
    /// Runs once and stays.
    public static final LifecycleOptions DEFAULT =
            new LifecycleOptions(RestartPolicy.NO, false, false, "", Duration.ofSeconds(-1));
}
