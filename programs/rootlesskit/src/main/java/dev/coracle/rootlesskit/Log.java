package dev.coracle.rootlesskit;

import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// What the launcher tells on standard error, in the form RootlessKit's users grep for.
final class Log {
    private final PrintStream out;
    private final InstantSource clock;
    private final boolean debug;

    Log(PrintStream out, InstantSource clock, boolean debug) {
        this.out = out;
        this.clock = clock;
        this.debug = debug;
    }

    void debug(String message) {
        if (debug) {
            line("debug", message);
        }
    }

    void warning(String message) {
        line("warning", message);
    }

    private void line(String level, String message) {
        var time = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                clock.instant().truncatedTo(ChronoUnit.SECONDS).atZone(ZoneId.systemDefault()));
        out.println("time=\"" + time + "\" level=" + level + " msg=\"[rootlesskit:parent] "
                + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }

    /// A line that says why it ends; `half` is `parent` or `child`.
    void error(String half, String message) {
        out.println("[rootlesskit:" + String.format(Locale.ROOT, "%-6s", half) + "] error: " + message);
    }

    void hint(String remedy) {
        out.println("hint: " + remedy);
    }
}
