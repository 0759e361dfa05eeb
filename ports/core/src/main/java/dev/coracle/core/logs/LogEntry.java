package dev.coracle.core.logs;

import java.time.Instant;
import java.util.Arrays;

/// A line of output without its end, or a piece of a line that is longer than such pieces are.
///
/// @param isPartial whether the rest of the line follows
@SuppressWarnings("ArrayRecordComponent") // handed from the log to one reader, who does not keep it
public record LogEntry(Instant time, boolean isError, byte[] bytes, boolean isPartial) {
    @Override
    public boolean equals(Object other) {
        return other instanceof LogEntry(var otherTime, var otherError, var otherBytes, var otherPartial)
                && time.equals(otherTime)
                && isError == otherError
                && isPartial == otherPartial
                && Arrays.equals(bytes, otherBytes);
    }

    @Override
    public int hashCode() {
        return 31 * time.hashCode() + Arrays.hashCode(bytes);
    }
}
