package dev.coracle.setup;

import java.io.PrintStream;

/// How the tool speaks: information on standard output, the rest on standard error, in colour on a terminal only.
final class Messages {
    private final PrintStream out;
    private final PrintStream errors;
    private final boolean colours;

    Messages(PrintStream out, PrintStream errors, boolean colours) {
        this.out = out;
        this.errors = errors;
        this.colours = colours;
    }

    void info(String text) {
        out.println(tag("INFO", "104") + " " + text);
    }

    void warning(String text) {
        say(tag("WARNING", "101") + " " + text);
    }

    void error(String text) {
        say(tag("ERROR", "101") + " " + text);
    }

    /// A line that somebody may copy as it is.
    void plain(String text) {
        out.println(text);
    }

    private void say(String line) {
        out.flush();
        errors.println(line);
        errors.flush();
    }

    private String tag(String word, String background) {
        return colours ? "\u001b[" + background + "m\u001b[97m[" + word + "]\u001b[49m\u001b[39m" : "[" + word + "]";
    }
}
