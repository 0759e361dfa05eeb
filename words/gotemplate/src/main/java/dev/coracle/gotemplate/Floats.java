package dev.coracle.gotemplate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Floating-point numbers in Go's notations.
final class Floats {
    static final int SHORTEST = -1;

    private Floats() {}

    /// @param form `e`, `f` or `g`
    /// @param precision as of the form, or [#SHORTEST]
    static String text(double value, char form, int precision) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        var sign = value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
        var magnitude = precision == SHORTEST
                ? new BigDecimal(Double.toString(Math.abs(value)))
                : new BigDecimal(Math.abs(value));
        return sign + unsigned(magnitude, form, precision);
    }

    private static String unsigned(BigDecimal value, char form, int precision) {
        return switch (form) {
            case 'f' -> plain(value, precision);
            case 'e' -> scientific(value, precision);
            default -> general(value, precision);
        };
    }

    private static String plain(BigDecimal value, int precision) {
        if (precision == SHORTEST) {
            var stripped = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
            return stripped.toPlainString();
        }
        return value.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(BigDecimal value, int precision) {
        if (value.signum() == 0) {
            return "0" + (precision > 0 ? "." + "0".repeat(precision) : "") + "e+00";
        }
        var rounded = precision == SHORTEST
                ? value.stripTrailingZeros()
                : value.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        var digits = new StringBuilder(rounded.unscaledValue().toString());
        var exponent = digits.length() - 1 - rounded.scale();
        if (precision != SHORTEST) {
            digits.append("0".repeat(Math.max(0, precision + 1 - digits.length())));
            digits.setLength(precision + 1);
        }
        if (digits.length() > 1) {
            digits.insert(1, '.');
        }
        return digits + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String general(BigDecimal value, int precision) {
        if (value.signum() == 0) {
            return "0";
        }
        var significant = precision == SHORTEST ? precision : Math.max(1, precision);
        var rounded = significant == SHORTEST
                ? value.stripTrailingZeros()
                : value.round(new MathContext(significant, RoundingMode.HALF_EVEN))
                        .stripTrailingZeros();
        var digits = rounded.precision();
        var exponent = digits - 1 - rounded.scale();
        var threshold = significant == SHORTEST ? 6 : significant;
        return exponent < -4 || exponent >= threshold ? scientific(rounded, digits - 1) : rounded.toPlainString();
    }
}
