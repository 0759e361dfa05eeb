package dev.coracle.core.tasks;

import java.io.IOException;

/// Takes what a process writes, in order, on a thread of the connection. While it is busy the process waits.
public interface OutputListener {
    /// @param length how many bytes from the beginning of the buffer count; the buffer is used again
    /// @throws IOException when nobody wants more: the connection ends then, the process goes on
    void output(boolean isError, byte[] buffer, int length) throws IOException;

    /// Nothing more will come; called once.
    void ended();
}
