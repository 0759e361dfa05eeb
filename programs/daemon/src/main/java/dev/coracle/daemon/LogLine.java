package dev.coracle.daemon;

import dev.coracle.base.EngineException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// One line of the log as containerd writes it: `time="..." level=info msg="..." key=value`, or
/// the same as a JSON object.
///
/// Our messages are an event followed by `key=value` pairs; the pairs become fields of the line.
/// A last pair `error=` takes everything that follows it.
final class LogLine {
    private static final Pattern FIELD = Pattern.compile(" ([a-z][a-zA-Z0-9_.]*)=");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/@^+-]+");

    private LogLine() {}

    static String format(
            Instant time, LogLevel level, String message, Optional<Throwable> failure, boolean json, boolean stack) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("time", time(time.atZone(ZoneId.systemDefault())));
        fields.put("level", level.word());
        split(message, fields);
        failure.ifPresent(thrown -> {
            fields.put("error", thrown instanceof EngineException known ? known.message() : String.valueOf(thrown));
            if (stack || !(thrown instanceof EngineException)) {
                fields.put("stack", stack(thrown));
            }
        });
        return json ? json(fields) : text(fields);
    }

    /// RFC 3339 with nanoseconds. By hand, since a formatter takes 25 ms of a daemon's start.
    private static String time(ZonedDateTime time) {
        var line = new StringBuilder(35);
        digits(line, time.getYear(), 4).append('-');
        digits(line, time.getMonthValue(), 2).append('-');
        digits(line, time.getDayOfMonth(), 2).append('T');
        digits(line, time.getHour(), 2).append(':');
        digits(line, time.getMinute(), 2).append(':');
        digits(line, time.getSecond(), 2).append('.');
        return digits(line, time.getNano(), 9).append(time.getOffset().getId()).toString();
    }

    private static StringBuilder digits(StringBuilder line, int number, int width) {
        var text = Integer.toString(number);
        return line.repeat('0', width - text.length()).append(text);
    }

    private static void split(String message, Map<String, String> fields) {
        var matcher = FIELD.matcher(message);
        var name = "msg";
        var start = 0;
        while (!name.equals("error") && matcher.find()) {
            fields.put(name, message.substring(start, matcher.start()));
            name = matcher.group(1);
            start = matcher.end();
        }
        fields.put(name, message.substring(start));
    }

    private static String stack(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String text(Map<String, String> fields) {
        var line = new StringBuilder();
        fields.forEach((name, value) -> {
            line.append(line.isEmpty() ? "" : " ").append(name).append('=');
            var quote = name.equals("time") || !PLAIN.matcher(value).matches();
            line.append(quote ? quoted(value) : value);
        });
        return line.append('\n').toString();
    }

    private static String json(Map<String, String> fields) {
        var line = new StringBuilder("{");
        fields.forEach((name, value) -> line.append(line.length() > 1 ? "," : "")
                .append(quoted(name))
                .append(':')
                .append(quoted(value)));
        return line.append("}\n").toString();
    }

    private static String quoted(String value) {
        var quoted = new StringBuilder("\"");
        value.chars().forEach(c -> {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append((char) c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20) {
                        quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
                    } else {
                        quoted.append((char) c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
