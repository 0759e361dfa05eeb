package dev.coracle.metadata;

import java.time.Duration;

/// When collections run by themselves.
///
/// @param pauseThreshold the most of the time that the writer may be kept, between 0 (as much as
///     it takes) and 0.5
/// @param deletions after how many deletions a collection follows; 0: soon after each, those
///     that come together served by one
/// @param changes after how many changes of records that may have lost a reference; 0: never
///     for those
/// @param delay how long a collection waits after what asks for it
/// @param start how long after the start the first one runs
public record CollectionPace(double pauseThreshold, long deletions, long changes, Duration delay, Duration start) {
    private static final double HIGHEST = 0.5;

    /// containerd's, but for the first run, which waits until the first clients are served.
    public static final CollectionPace DEFAULT = new CollectionPace(0.02, 0, 100, Duration.ZERO, Duration.ofSeconds(1));

    public CollectionPace {
        pauseThreshold = Math.clamp(pauseThreshold, 0, HIGHEST);
        deletions = Math.max(deletions, 0);
        changes = Math.max(changes, 0);
        delay = delay.isNegative() ? Duration.ZERO : delay;
        start = start.isNegative() ? Duration.ZERO : start;
    }

    /// How long the collector rests after it has worked.
    Duration restAfter(Duration work, Duration longest) {
        if (pauseThreshold == 0) {
            return Duration.ZERO;
        }
        var nanos = work.toNanos() * (1 - pauseThreshold) / pauseThreshold;
        return nanos > longest.toNanos() ? longest : Duration.ofNanos((long) nanos);
    }
}
