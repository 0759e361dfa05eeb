package dev.coracle.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// One of a client's streams for text. What is printed is kept back until [#flush], so that a table
/// costs one write.
public final class Output {
    private static final int KEPT = 1 << 16;

    private final BufferedOutputStream stream;

    Output(OutputStream stream) {
        this.stream = new BufferedOutputStream(stream, KEPT);
    }

    /// Prints a line.
    ///
    /// @throws UncheckedIOException when the client does not take it
    public void line(String text) {
        print(text + "\n");
    }

    public void print(String text) {
        try {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void flush() {
        try {
            stream.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Bytes as they are; after them what is printed goes on.
    public OutputStream bytes() {
        return stream;
    }
}
