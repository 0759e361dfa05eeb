package dev.coracle.base;

import dev.coracle.base.EngineException.InvalidArgument;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;

/// Durations as Go writes them, in flags and configuration files: `1h30m`, `500ms`, `1.5s`.
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
        var nanos = BigDecimal.ZERO;
        var parts = PART.matcher(text);
        while (parts.find()) {
            nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit(parts.group(2))));
        }
        try {
            var value = nanos.toBigInteger().longValueExact();
            return Duration.ofNanos(text.startsWith("-") ? -value : value);
        } catch (ArithmeticException tooLong) {
            throw new InvalidArgument("time: invalid duration \"" + text + "\"", tooLong);
        }
    }

    private static BigDecimal unit(String name) {
        return BigDecimal.valueOf(
                switch (name) {
                    case "ns" -> 1L;
                    case "us", "µs", "μs" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    default -> 3_600_000_000_000L;
                });
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

    private static String decimal(long value, int places) {
        return BigDecimal.valueOf(value, places).stripTrailingZeros().toPlainString();
    }
}
