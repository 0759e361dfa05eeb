package dev.coracle.engine.containers;

import java.time.Duration;
import java.util.List;

/// How the container begins and ends.
///
/// @param autoRemove whether it is removed when it has ended, with its anonymous volumes
/// @param init whether a small init process reaps what is orphaned in it
/// @param stopSignal empty: the image's, or TERM
/// @param stopTimeout how long stopping waits; negative: 10 s
/// @param systemd whether the container is prepared for systemd as its first process: `true` when its command is an
/// init's, `always`, or empty
public record LifecycleOptions(
        RestartPolicy restart,
        boolean autoRemove,
        boolean init,
        String stopSignal,
        Duration stopTimeout,
        String systemd) {
    /// Runs once and stays.
    public static final LifecycleOptions DEFAULT =
            new LifecycleOptions(RestartPolicy.NO, false, false, "", Duration.ofSeconds(-1), "");

    private static final List<String> INITS = List.of(
            "/sbin/init", "/usr/sbin/init", "/usr/local/sbin/init", "/lib/systemd/systemd", "/usr/lib/systemd/systemd");

    LifecycleOptions with(RestartPolicy policy) {
        return new LifecycleOptions(policy, autoRemove, init, stopSignal, stopTimeout, systemd);
    }

    /// Whether a container whose first process is this one is prepared for systemd.
    boolean isForSystemd(String program) {
        return systemd.equals("always") || (systemd.equals("true") && INITS.contains(program));
    }
}
