package dev.coracle.cli.line;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.GoDuration;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Texts of flags as values, with the complaints of Go's and docker's parsers.
public final class Values {
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+) ?([a-zA-Z]*)");
    private static final Pattern NANOS = Pattern.compile("[0-9]+(\\.[0-9]{0,9}[0-9]*)?|\\.[0-9]+");

    private Values() {}

    /// `5m`, `64KiB`, `1.5g`: powers of 1024.
    ///
    /// @throws BadValue for anything else
    public static long bytes(String text) {
        if (text.equals("-1")) {
            return -1;
        }
        var matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue("invalid size: '" + text + "'");
        }
        var suffix = matcher.group(2).toLowerCase(Locale.ROOT);
        var power = suffix.isEmpty() ? 0 : "bkmgtp".indexOf(suffix.charAt(0));
        var rest = suffix.isEmpty() ? "" : suffix.substring(1);
        if (power < 0 || !(rest.isEmpty() || (power > 0 && (rest.equals("b") || rest.equals("ib"))))) {
            throw new BadValue("invalid suffix: '" + suffix + "'");
        }
        return new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(1L << (10 * power)))
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    /// @throws BadValue when it is not a whole number
    public static long whole(String text) {
        try {
            var plain = text.startsWith("+") ? text.substring(1) : text;
            return plain.startsWith("0x") ? Long.parseLong(plain.substring(2), 16) : Long.parseLong(plain);
        } catch (NumberFormatException e) {
            throw new BadValue("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax");
        }
    }

    /// Whole, and within an int.
    static long wholeInt(String text) {
        var value = whole(text);
        if (value != (int) value) {
            throw new BadValue("strconv.ParseInt: parsing " + quoted(text) + ": value out of range");
        }
        return value;
    }

    /// @throws BadValue when it is neither true nor false in one of Go's spellings
    public static boolean bool(String text) {
        return switch (text) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> throw new BadValue("strconv.ParseBool: parsing " + quoted(text) + ": invalid syntax");
        };
    }

    /// `1.5` processors in billionths.
    ///
    /// @throws BadValue when it is not a number, or finer than a billionth
    public static long nanos(String text) {
        if (!NANOS.matcher(text).matches()) {
            throw new BadValue("failed to parse " + text + " as a rational number");
        }
        var nanos = new BigDecimal(text).scaleByPowerOfTen(9);
        if (nanos.stripTrailingZeros().scale() > 0) {
            throw new BadValue("value is too precise");
        }
        return nanos.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }

    /// @throws BadValue when it is not a duration of Go
    public static Duration duration(String text) {
        try {
            return GoDuration.parse(text);
        } catch (InvalidArgument e) {
            throw new BadValue("time: invalid duration " + quoted(text));
        }
    }

    static void check(Flag flag, String value) {
        switch (flag.kind()) {
            case BOOL -> bool(value);
            case WHOLE -> wholeInt(value);
            case DECIMAL -> nanos(value);
            case BYTES -> bytes(value);
            case DURATION -> duration(value);
            case TEXT, LIST, EACH -> {}
        }
        for (var check : flag.checks()) {
            check.check(value);
        }
    }

    /// The values between commas, where `"` keeps commas together as in CSV.
    public static List<String> split(String text) {
        var values = new ArrayList<String>();
        var value = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                value.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return List.copyOf(values);
    }

    public static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
