package dev.coracle.base;

import dev.coracle.base.EngineException.InvalidArgument;
import java.time.Duration;
import java.util.regex.Pattern;

/// Durations as Go writes them, in flags and configuration files: `1h30m`, `500ms`, `1.5s`.
///
/// Whole numbers alone: a daemon that starts reads some, and the first `BigDecimal` of a JVM
/// takes 50 ms.
public final class GoDuration {
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Pattern WHOLE = Pattern.compile("[+-]?(?:" + PART.pattern() + ")+");
    private static final int LONGEST = 64;

    private GoDuration() {}

    /// Reads a duration; a bare `0` needs no unit.
    ///
    /// @throws InvalidArgument when it is malformed
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.length() > LONGEST || !WHOLE.matcher(text).matches()) {
            throw new InvalidArgument("time: invalid duration \"" + text + "\"");
        }
        try {
            var nanos = 0L;
            var parts = PART.matcher(text);
            while (parts.find()) {
                nanos = Math.addExact(nanos, nanos(parts.group(1), unit(parts.group(2))));
            }
            return Duration.ofNanos(text.startsWith("-") ? -nanos : nanos);
        } catch (ArithmeticException | NumberFormatException tooLong) {
            throw new InvalidArgument("time: invalid duration \"" + text + "\"", tooLong);
        }
    }

    /// `number` times `unit`, what is less than a nanosecond cut off.
    private static long nanos(String number, long unit) {
        var point = number.indexOf('.');
        var whole = point < 0 ? number : number.substring(0, point);
        var fraction = 0L;
        for (var i = number.length() - 1; point >= 0 && i > point; i--) {
            fraction = ((number.charAt(i) - '0') * unit + fraction) / 10;
        }
        return Math.addExact(whole.isEmpty() ? 0 : Math.multiplyExact(Long.parseLong(whole), unit), fraction);
    }

    private static long unit(String name) {
        return switch (name) {
            case "ns" -> 1L;
            case "us", "µs", "μs" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }

    /// Writes a duration as Go's `Duration.String` does: `1h0m0s`, `1.5s`, `20ms`.
    public static String format(Duration duration) {
        var nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        var sign = nanos < 0 ? "-" : "";
        var size = Math.abs(nanos);
        if (size < 1_000) {
            return sign + size + "ns";
        }
        if (size < 1_000_000) {
            return sign + decimal(size, 3) + "µs";
        }
        if (size < 1_000_000_000) {
            return sign + decimal(size, 6) + "ms";
        }
        var seconds = size / 1_000_000_000;
        var rest = decimal(size - seconds / 60 * 60 * 1_000_000_000, 9) + "s";
        var hours = seconds / 3600;
        var minutes = seconds / 60 % 60;
        return sign + (hours > 0 ? hours + "h" + minutes + "m" : minutes > 0 ? minutes + "m" : "") + rest;
    }

    /// `value` with its last `places` digits after a point, as short as it can be written.
    private static String decimal(long value, int places) {
        var digits = Long.toString(value);
        digits = "0".repeat(Math.max(0, places + 1 - digits.length())) + digits;
        var point = digits.length() - places;
        var end = digits.length();
        while (end > point && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, point) + (end > point ? "." + digits.substring(point, end) : "");
    }
}
