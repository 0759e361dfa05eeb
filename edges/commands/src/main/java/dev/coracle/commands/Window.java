package dev.coracle.commands;

import dev.coracle.linux.Fd;
import java.io.IOException;
import java.util.Optional;

/// What a person's terminal can do beside carrying bytes.
public interface Window {
    /// Whether a descriptor, 0 to 2, is a terminal.
    boolean isTerminal(int descriptor);

    /// A standard stream, 0 to 2, to hand to another program; it stays ours.
    Fd descriptor(int number);

    /// Puts the terminal behind standard input into raw mode.
    Mode raw() throws IOException;

    /// Shows nothing of what is typed on standard input.
    Mode hidden() throws IOException;

    /// Its size as it is now; empty when it is gone.
    Optional<Size> size();

    /// In characters.
    record Size(int columns, int rows) {}

    /// In force until it is closed.
    interface Mode extends AutoCloseable {
        @Override
        void close();
    }
}
