package dev.coracle.engine.containers;

import java.time.Instant;
import java.util.Arrays;

/// A piece of output: a line with its end, or the part of one that was written so far.
@SuppressWarnings("ArrayRecordComponent") // handed from the log to one reader, who does not keep it
public record LogLine(Instant time, boolean isError, byte[] bytes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof LogLine(var otherTime, var otherError, var otherBytes)
                && time.equals(otherTime)
                && isError == otherError
                && Arrays.equals(bytes, otherBytes);
    }

    @Override
    public int hashCode() {
        return 31 * time.hashCode() + Arrays.hashCode(bytes);
    }
}
