package dev.coracle.cli.view;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Sizes and times as docker prints them.
public final class Units {
    private static final List<String> DECIMAL = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");
    private static final List<String> BINARY = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");
    private static final DateTimeFormatter GO_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z", Locale.ROOT);

    private Units() {}

    /// `1.23MB`: three digits, powers of 1000.
    public static String size(long bytes) {
        return scaled(bytes, 1000, 3, DECIMAL);
    }

    /// `1.234MiB`: four digits, powers of 1024.
    public static String memory(long bytes) {
        return scaled(bytes, 1024, 4, BINARY);
    }

    private static String scaled(long bytes, int base, int digits, List<String> units) {
        var value = (double) bytes;
        var unit = 0;
        while (value >= base && unit < units.size() - 1) {
            value /= base;
            unit++;
        }
        return significant(value, digits) + units.get(unit);
    }

    /// Go's `%.4g`.
    private static String significant(double value, int digits) {
        if (value == 0) {
            return "0";
        }
        var rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        var exponent = rounded.precision() - 1 - rounded.scale();
        if (exponent >= digits) {
            var mantissa =
                    rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString();
            return mantissa + "e+" + (exponent < 10 ? "0" : "") + exponent;
        }
        return rounded.stripTrailingZeros().toPlainString();
    }

    /// `5 minutes`.
    public static String duration(Duration duration) {
        var seconds = duration.toSeconds();
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        var minutes = duration.toMinutes();
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        return hours((int) (seconds / 3600.0 + 0.5));
    }

    private static String hours(int hours) {
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        var day = 24;
        if (hours < day * 7 * 2) {
            return hours / day + " days";
        }
        if (hours < day * 30 * 2) {
            return hours / day / 7 + " weeks";
        }
        if (hours < day * 365 * 2) {
            return hours / day / 30 + " months";
        }
        return hours / day / 365 + " years";
    }

    /// `5 minutes ago`; nothing for a time that never was.
    public static String ago(Instant now, Instant then) {
        return then.isAfter(Instant.EPOCH) ? duration(Duration.between(then, now)) + " ago" : "";
    }

    /// `2006-01-02 15:04:05 -0700 MST`.
    public static String time(Instant time, ZoneId zone) {
        var at = time.atZone(zone);
        var name = at.getOffset().getTotalSeconds() == 0
                ? "UTC"
                : DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(at);
        return GO_TIME.format(at) + " " + name;
    }

    /// `2006-01-02T15:04:05.999999999Z`; year 1 for a time that never was.
    public static String json(Instant time) {
        return time.isAfter(Instant.EPOCH) ? time.toString() : "0001-01-01T00:00:00Z";
    }
}
