package dev.coracle.daemon;

import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What libraries say by `java.util.logging` (grpc, and netty when there is no other way). Their
/// warnings are about channel options and the like, nothing a person can act on, so below an error
/// they only appear when debugging.
final class LibraryLogs extends Handler {
    private LibraryLogs() {}

    static void redirect() {
        LogManager.getLogManager().reset();
        var root = Logger.getLogger("");
        root.setLevel(LogSink.current().debugging() ? Level.INFO : Level.SEVERE);
        root.addHandler(new LibraryLogs());
    }

    @Override
    public void publish(LogRecord line) {
        var level = line.getLevel().intValue() >= Level.SEVERE.intValue() ? LogLevel.ERROR : LogLevel.DEBUG;
        LogSink.current()
                .write(
                        level,
                        line.getMessage() + " logger=" + line.getLoggerName(),
                        Optional.ofNullable(line.getThrown()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
