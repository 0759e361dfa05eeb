package dev.coracle.gotemplate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/// A number literal of Go: what it may be taken for.
///
/// @param whole its value as a whole number, if it is one within 64 bits
/// @param floating whether it is written as a floating-point number
record GoNumber(String text, Optional<Long> whole, double value, boolean floating) {
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);

    private static final double MOST_UNSIGNED = 0x1p64;

    /// Whether Go has a type for it: it may still be too large for an int.
    boolean isRepresentable() {
        return floating || whole.isPresent() || (value > 0 && value < MOST_UNSIGNED && !text.matches("0[0-9_]+"));
    }

    /// Empty when it is not a number. Imaginary numbers are none.
    static Optional<GoNumber> parse(String literal) {
        var lower = literal.toLowerCase(Locale.ROOT);
        var negative = lower.startsWith("-");
        var digits = negative || lower.startsWith("+") ? lower.substring(1) : lower;
        if (digits.isEmpty() || digits.endsWith("_") || digits.startsWith("_") || digits.contains("__")) {
            return Optional.empty();
        }
        var plain = digits.replace("_", "");
        try {
            var radix = radix(plain);
            if (radix == 16 && (plain.indexOf('p') >= 0 || plain.indexOf('.') >= 0)) {
                var hex = Double.parseDouble(plain);
                return Optional.of(new GoNumber(literal, wholeOf(negative ? -hex : hex), negative ? -hex : hex, true));
            }
            if (radix != 10) {
                return whole(literal, new BigInteger(plain.substring(prefix(plain)), radix), negative);
            }
            if (plain.matches("0[0-9]+")) {
                return Optional.of(new GoNumber(literal, Optional.empty(), Double.parseDouble(plain), false));
            }
            if (plain.matches("[0-9]+")) {
                return whole(literal, new BigInteger(plain), negative);
            }
            if (!plain.matches("([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?")) {
                return Optional.empty();
            }
            var value = new BigDecimal(plain).doubleValue() * (negative ? -1 : 1);
            return Optional.of(new GoNumber(literal, wholeOf(value), value, true));
        } catch (NumberFormatException notOne) {
            return Optional.empty();
        }
    }

    private static int radix(String digits) {
        if (digits.length() < 2 || digits.charAt(0) != '0') {
            return 10;
        }
        return switch (digits.charAt(1)) {
            case 'x' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> digits.matches("0[0-7]+") ? 8 : 10;
        };
    }

    private static int prefix(String digits) {
        return Character.isDigit(digits.charAt(1)) ? 1 : 2;
    }

    private static Optional<GoNumber> whole(String literal, BigInteger magnitude, boolean negative) {
        var value = negative ? magnitude.negate() : magnitude;
        var fits = value.compareTo(MOST) <= 0 && value.compareTo(LEAST) >= 0;
        return Optional.of(new GoNumber(
                literal, fits ? Optional.of(value.longValue()) : Optional.empty(), value.doubleValue(), false));
    }

    private static Optional<Long> wholeOf(double value) {
        return value == Math.rint(value) && Math.abs(value) < 9e18 ? Optional.of((long) value) : Optional.empty();
    }
}
