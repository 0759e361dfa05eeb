package dev.coracle.daemon;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;

/// Where every line of the log goes: standard error, in containerd's text or JSON. There is one
/// per JVM, because the JDK and the libraries find their loggers by static calls.
final class LogSink {
    /// Until the configuration is read.
    private static volatile LogSink current =
            new LogSink(new FileOutputStream(FileDescriptor.err), LogLevel.INFO, false, InstantSource.system());

    private final OutputStream out;
    private final LogLevel level;
    private final boolean json;
    private final InstantSource clock;

    LogSink(OutputStream out, LogLevel level, boolean json, InstantSource clock) {
        this.out = out;
        this.level = level;
        this.json = json;
        this.clock = clock;
    }

    static LogSink current() {
        return current;
    }

    /// Sets level and format for everything that is logged from now on.
    static void configure(LogLevel level, boolean json) {
        var before = current;
        current = new LogSink(before.out, level, json, before.clock);
    }

    boolean takes(LogLevel wanted) {
        return wanted.compareTo(level) >= 0;
    }

    boolean debugging() {
        return takes(LogLevel.DEBUG);
    }

    void write(LogLevel wanted, String message, Optional<Throwable> failure) {
        if (!takes(wanted)) {
            return;
        }
        var line = LogLine.format(clock.instant(), wanted, message, failure, json, debugging());
        try {
            synchronized (this) {
                out.write(line.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException _) {
            // There is no better place to say that the log cannot be written.
        }
    }
}
