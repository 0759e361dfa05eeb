package dev.coracle.engine.containers;

import java.time.Instant;

/// Which lines of a log.
///
/// @param since [Instant#MIN]: from the beginning
/// @param until [Instant#MAX]: to the end
/// @param tail only so many of the last lines; negative: all
/// @param follow whether to wait for more until the container ends
public record LogQuery(Instant since, Instant until, int tail, boolean follow) {
    /// All that is there.
    public static final LogQuery ALL = new LogQuery(Instant.MIN, Instant.MAX, -1, false);
}
