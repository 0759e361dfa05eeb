package dev.coracle.engine.containers;

import java.time.Duration;
import java.util.Optional;

/// When a container that has ended is started again: Docker's rules. The pause doubles from 100 ms up to a minute while
/// the container ends quickly, and begins anew after it ran for ten seconds.
final class RestartPlan {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration GOOD_RUN = Duration.ofSeconds(10);
    private static final Duration TAKEN = Duration.ofSeconds(10);
    private static final int DOUBLINGS = 10;

    private RestartPlan() {}

    /// After an end: how long to wait, or nothing when it stays ended.
    static Optional<Duration> after(RestartPolicy policy, RunState state) {
        if (state.stopped()) {
            return Optional.empty();
        }
        var wanted = switch (policy.kind()) {
            case NO -> false;
            case ALWAYS, UNLESS_STOPPED -> true;
            case ON_FAILURE -> state.exitCode() != 0 && (policy.limit() == 0 || state.restarts() < policy.limit());
        };
        return wanted ? Optional.of(pause(failures(state))) : Optional.empty();
    }

    /// The same when another client has deleted the task, as one does before it deletes the container: containerd's own
    /// monitor, which such clients are used to, looks every ten seconds.
    static Duration whenTaken(Duration pause) {
        return pause.compareTo(TAKEN) < 0 ? TAKEN : pause;
    }

    /// Quick ends in a row, this one included.
    static int failures(RunState state) {
        var ran = Duration.between(state.startedAt(), state.finishedAt());
        return ran.compareTo(GOOD_RUN) >= 0 ? 0 : state.failures() + 1;
    }

    private static Duration pause(int failures) {
        var pause = FIRST.multipliedBy(1L << Math.min(Math.max(0, failures - 1), DOUBLINGS));
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }

    /// At the daemon's start: whether a container that does not run is started.
    static boolean atStart(RestartPolicy policy, RunState state) {
        if (state.startedAt().equals(java.time.Instant.EPOCH)) {
            return false;
        }
        return switch (policy.kind()) {
            case NO -> false;
            case ALWAYS -> true;
            case UNLESS_STOPPED -> !state.stopped();
            case ON_FAILURE ->
                !state.stopped() && state.exitCode() != 0 && (policy.limit() == 0 || state.restarts() < policy.limit());
        };
    }
}
