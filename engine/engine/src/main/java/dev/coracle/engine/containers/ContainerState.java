package dev.coracle.engine.containers;

import java.time.Instant;
import java.util.List;

/// How a container is doing.
///
/// @param pid 0 unless it runs
/// @param startedAt [Instant#EPOCH] before the first start
/// @param finishedAt [Instant#EPOCH] before the first end
/// @param error why the last start failed, or empty
public record ContainerState(
        Status status,
        int pid,
        int exitCode,
        Instant startedAt,
        Instant finishedAt,
        String error,
        boolean oomKilled,
        Health health) {
    /// Docker's words, in capitals.
    public enum Status {
        CREATED,
        RUNNING,
        PAUSED,
        RESTARTING,
        REMOVING,
        EXITED,
        DEAD
    }

    public boolean isRunning() {
        return status == Status.RUNNING || status == Status.PAUSED || status == Status.RESTARTING;
    }

    /// What the checks say.
    ///
    /// @param status `none` without a check, `starting`, `healthy` or `unhealthy`
    /// @param log the last five
    public record Health(String status, int failingStreak, List<Check> log) {
        /// Without a check.
        public static final Health NONE = new Health("none", 0, List.of());

        public Health {
            log = List.copyOf(log);
        }

        /// One check.
        public record Check(Instant start, Instant end, int exitCode, String output) {}
    }
}
