package dev.coracle.commands;

import dev.coracle.commands.line.UsageFailure;
import dev.coracle.linux.Fd;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The three standard streams and the window they belong to. What is printed is kept back until
/// [#flush], so that a table costs one write.
public final class Terminal {
    private final InputStream in;
    private final OutputStream output;
    private final OutputStream error;
    private final PrintStream out;
    private final PrintStream err;
    private final Window window;

    /// @param output unbuffered
    /// @param error unbuffered
    public Terminal(InputStream in, OutputStream output, OutputStream error, Window window) {
        this(in, output, error, stream(output), stream(error), window);
    }

    private Terminal(
            InputStream in, OutputStream output, OutputStream error, PrintStream out, PrintStream err, Window window) {
        this.in = in;
        this.output = output;
        this.error = error;
        this.out = out;
        this.err = err;
        this.window = window;
    }

    /// This process's own streams. Printing a table needs nothing of the kernel room, which takes time to load.
    static Terminal standard() {
        return new Terminal(
                Fd.adopt(0).input(),
                Fd.adopt(1).output(),
                Fd.adopt(2).output(),
                stream(new FileOutputStream(FileDescriptor.out)),
                stream(new FileOutputStream(FileDescriptor.err)),
                new OwnWindow());
    }

    private static PrintStream stream(OutputStream output) {
        return new PrintStream(new BufferedOutputStream(output, 1 << 16), false, StandardCharsets.UTF_8);
    }

    public InputStream in() {
        return in;
    }

    public PrintStream out() {
        return out;
    }

    /// Standard output as it is, past what [#out] keeps back.
    public OutputStream output() {
        return output;
    }

    /// Standard error as it is.
    public OutputStream error() {
        return error;
    }

    public Window window() {
        return window;
    }

    /// Prints a line.
    public void line(String text) {
        out.println(text);
    }

    /// A line about the progress of the work, for people only.
    public void log(String text) {
        flush();
        err.println(text);
        err.flush();
    }

    /// Asks for something that must not be seen.
    public String askSecret(String prompt) {
        if (!window.isTerminal(0)) {
            throw UsageFailure.of("no terminal to ask for the password on");
        }
        flush();
        err.print(prompt);
        err.flush();
        try (var _ = window.hidden()) {
            var answer = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
            return answer == null ? "" : answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether a person watches the output.
    public boolean interactive() {
        return window.isTerminal(1);
    }

    public void flush() {
        out.flush();
        err.flush();
    }
}
