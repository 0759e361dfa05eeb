package dev.coracle.commands;

import dev.coracle.commands.line.UsageFailure;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The three standard streams. What is printed is kept back until [#flush], so that a table costs
/// one write.
public final class Terminal {
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean interactive;

    Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.interactive = interactive;
    }

    /// This process's own streams.
    static Terminal standard() {
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                isCharacterDevice(Path.of("/proc/self/fd/1")));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 16), false, StandardCharsets.UTF_8);
    }

    private static boolean isCharacterDevice(Path stream) {
        try {
            var target = Files.readSymbolicLink(stream).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (java.io.IOException e) {
            return false;
        }
    }

    public InputStream in() {
        return in;
    }

    public PrintStream out() {
        return out;
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
    @SuppressWarnings("SystemConsoleNull") // the declared type says it may be null
    public String askSecret(String prompt) {
        var console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        var answer = console.orElseThrow(() -> UsageFailure.of("no terminal to ask for the password on"))
                .readPassword("%s", prompt);
        return answer == null ? "" : new String(answer);
    }

    /// Whether a person watches the output.
    public boolean interactive() {
        return interactive;
    }

    public void flush() {
        out.flush();
        err.flush();
    }
}
