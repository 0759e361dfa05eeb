package dev.coracle.daemon;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// The JDK's way to its loggers: all lead to the [LogSink].
public final class DaemonLoggerFinder extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        return new SinkLogger(name, name.startsWith("java.") || name.startsWith("jdk."));
    }

    /// The JDK's own loggers tell of every process and exit when debugging; only their warnings
    /// matter.
    private record SinkLogger(String name, boolean jdk) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF
                    && (!jdk || level.getSeverity() >= Level.WARNING.getSeverity())
                    && LogSink.current().takes(level(level));
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                LogSink.current().write(level(level), String.valueOf(message), Optional.ofNullable(thrown));
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
            if (isLoggable(level)) {
                var message = format == null || values == null || values.length == 0
                        ? String.valueOf(format)
                        : new MessageFormat(format, Locale.ROOT).format(values);
                LogSink.current().write(level(level), message, Optional.empty());
            }
        }

        private static LogLevel level(Level level) {
            return switch (level) {
                case ALL, TRACE -> LogLevel.TRACE;
                case DEBUG -> LogLevel.DEBUG;
                case INFO -> LogLevel.INFO;
                case WARNING -> LogLevel.WARN;
                case ERROR -> LogLevel.ERROR;
                case OFF -> LogLevel.PANIC;
            };
        }
    }
}
