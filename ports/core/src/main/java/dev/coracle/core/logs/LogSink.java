package dev.coracle.core.logs;

import java.io.IOException;

/// A connection to a service that takes lines. For one thread.
public interface LogSink extends AutoCloseable {
    /// Hands a line on. With an error the line may have arrived or not, and the sink is of no use any
    /// more: whoever has it closes it and opens another one.
    void send(LogEntry entry) throws IOException;

    @Override
    void close();
}
