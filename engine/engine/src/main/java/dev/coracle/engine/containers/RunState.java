package dev.coracle.engine.containers;

import java.time.Instant;

/// How a container's runs went, kept over the daemon's life.
///
/// @param running whether it was started and its end has not been seen
/// @param stopped whether somebody stopped it since its last start
/// @param restarting whether its policy will start it again
/// @param restarts how often its policy has started it
/// @param failures starts of the policy in a row that were followed by a quick end
record RunState(
        boolean running,
        boolean stopped,
        boolean restarting,
        Instant startedAt,
        Instant finishedAt,
        int exitCode,
        String error,
        boolean oomKilled,
        int restarts,
        int failures) {
    /// Never started.
    static final RunState CREATED = new RunState(false, false, false, Instant.EPOCH, Instant.EPOCH, 0, "", false, 0, 0);

    RunState started(Instant at) {
        return new RunState(true, false, false, at, finishedAt, 0, "", false, restarts, failures);
    }

    RunState ended(Instant at, int status) {
        return new RunState(false, stopped, false, startedAt, at, status, error, oomKilled, restarts, failures);
    }

    RunState failed(Instant at, int status, String why) {
        return new RunState(false, stopped, false, startedAt, at, status, why, oomKilled, restarts, failures);
    }

    RunState asStopped() {
        return new RunState(
                running, true, false, startedAt, finishedAt, exitCode, error, oomKilled, restarts, failures);
    }

    RunState outOfMemory() {
        return new RunState(
                running, stopped, restarting, startedAt, finishedAt, exitCode, error, true, restarts, failures);
    }

    RunState awaitingRestart() {
        return new RunState(
                running, stopped, true, startedAt, finishedAt, exitCode, error, oomKilled, restarts, failures);
    }

    RunState restarted(int newRestarts, int newFailures) {
        return new RunState(
                running,
                stopped,
                restarting,
                startedAt,
                finishedAt,
                exitCode,
                error,
                oomKilled,
                newRestarts,
                newFailures);
    }
}
