package dev.coracle.commands.line;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/// Sizes and ages in the words of ctr's tables.
public final class Units {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private Units() {}

    /// `2.1 MiB`.
    public static String bytes(long size) {
        double value = size;
        var unit = 0;
        while (value >= 1024 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, BINARY[unit]);
    }

    /// `2.135MB`: four digits, powers of a thousand.
    public static String size(long size) {
        double value = size;
        var unit = 0;
        while (value >= 1000 && unit < DECIMAL.length - 1) {
            value /= 1000;
            unit++;
        }
        var digits = new BigDecimal(value).round(new MathContext(4, RoundingMode.HALF_EVEN));
        return digits.stripTrailingZeros().toPlainString() + DECIMAL[unit];
    }

    /// `5 minutes`, `About an hour`.
    public static String age(Duration age) {
        var seconds = age.toSeconds();
        var minutes = age.toMinutes();
        var hours = Math.round(age.toMillis() / 3_600_000.0);
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        }
        if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        }
        return hours < 24 * 365 * 2 ? hours / 24 / 30 + " months" : hours / 24 / 365 + " years";
    }
}
