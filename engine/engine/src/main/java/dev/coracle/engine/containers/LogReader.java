package dev.coracle.engine.containers;

import java.io.IOException;

/// Takes the lines of a log, one after the other.
@FunctionalInterface
public interface LogReader {
    void line(LogLine line) throws IOException;
}
