package dev.coracle.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Answers of a person.
public final class Prompts {
    private static final int LONGEST = 1 << 16;

    private Prompts() {}

    /// One line, without its end; nothing behind it is taken from the stream.
    public static String line(InputStream in) {
        var line = new ByteArrayOutputStream();
        try {
            for (var b = in.read(); b >= 0 && b != '\n' && line.size() < LONGEST; b = in.read()) {
                line.write(b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString(StandardCharsets.UTF_8).replaceFirst("\r$", "");
    }

    /// What is typed without being seen, on a terminal in raw mode.
    public static String secret(Terminal terminal) {
        if (!terminal.isTerminal(Terminal.Stream.IN)) {
            return line(terminal.in());
        }
        var typed = new ByteArrayOutputStream();
        try (var _ = terminal.raw()) {
            for (var b = terminal.in().read();
                    b >= 0 && b != '\n' && b != '\r';
                    b = terminal.in().read()) {
                edit(typed, b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return typed.toString(StandardCharsets.UTF_8);
    }

    private static void edit(ByteArrayOutputStream typed, int key) throws IOException {
        var interrupt = 3;
        var end = 4;
        if (key == interrupt || key == end) {
            throw new IOException("nothing was typed");
        }
        if (key == 0x7f || key == '\b') {
            var text = typed.toString(StandardCharsets.UTF_8);
            typed.reset();
            if (!text.isEmpty()) {
                typed.writeBytes(text.substring(0, text.offsetByCodePoints(text.length(), -1))
                        .getBytes(StandardCharsets.UTF_8));
            }
        } else if (typed.size() < LONGEST) {
            typed.write(key);
        }
    }
}
