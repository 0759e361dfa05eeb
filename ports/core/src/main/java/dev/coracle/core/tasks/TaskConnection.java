package dev.coracle.core.tasks;

import java.io.IOException;

/// A connection to the streams of a process.
public interface TaskConnection extends AutoCloseable {
    /// Writes to the process's stdin; waits while the process does not read.
    ///
    /// @throws IOException when the process takes no more
    void write(byte[] bytes, int offset, int length) throws IOException;

    /// Says that no more will be written by this connection.
    void closeInput();

    /// Lets go; the process goes on.
    @Override
    void close();
}
