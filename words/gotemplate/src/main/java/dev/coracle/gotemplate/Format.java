package dev.coracle.gotemplate;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Values as Go's fmt package prints them: `Sprint`, `Sprintln` and `Sprintf`.
final class Format {
    private static final int WIDEST = 10_000;

    private final String format;
    private final List<Object> arguments;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int next;
    private boolean reordered;
    private Flags flags = new Flags();

    private Format(String format, List<Object> arguments) {
        this.format = format;
        this.arguments = arguments;
    }

    private static final class Flags {
        boolean minus;
        boolean plus;
        boolean named;
        boolean syntax;
        boolean sharp;
        boolean space;
        boolean zero;
        int width = -1;
        int precision = -1;
    }

    /// The arguments one after the other, a blank between two that are not strings.
    static String print(List<Object> arguments) {
        var out = new StringBuilder();
        for (var i = 0; i < arguments.size(); i++) {
            if (i > 0 && !(arguments.get(i) instanceof String) && !(arguments.get(i - 1) instanceof String)) {
                out.append(' ');
            }
            out.append(plain(arguments.get(i)));
        }
        return out.toString();
    }

    /// The arguments with blanks between them and a new line.
    static String println(List<Object> arguments) {
        return String.join(" ", arguments.stream().map(Format::plain).toList()) + "\n";
    }

    /// One value in the default format.
    static String plain(Object value) {
        return new Format("", List.of()).value(value, 'v');
    }

    static String printf(String format, List<Object> arguments) {
        return new Format(format, arguments).all();
    }

    static String jsonFloat(double value) {
        var magnitude = Math.abs(value);
        var text = Floats.text(
                value, magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21) ? 'e' : 'f', Floats.SHORTEST);
        return text.replaceFirst("e-0([0-9])$", "e-$1");
    }

    private String all() {
        while (at < format.length()) {
            var percent = format.indexOf('%', at);
            if (percent < 0) {
                out.append(format, at, format.length());
                break;
            }
            out.append(format, at, percent);
            at = percent + 1;
            verb();
        }
        extra();
        return out.toString();
    }

    private void extra() {
        if (reordered || next >= arguments.size()) {
            return;
        }
        out.append("%!(EXTRA ");
        for (var i = next; i < arguments.size(); i++) {
            out.append(i > next ? ", " : "").append(typed(arguments.get(i)));
        }
        out.append(')');
    }

    private static String typed(Object value) {
        return value instanceof Go.Special ? "<nil>" : Go.type(value) + "=" + plain(value);
    }

    private void verb() {
        flags = new Flags();
        while (at < format.length() && flag(format.charAt(at))) {
            at++;
        }
        flags.width = size("%!(BADWIDTH)");
        if (flags.width < -1) {
            flags.minus = true;
            flags.zero = false;
            flags.width = -flags.width;
        }
        if (at < format.length() && format.charAt(at) == '.') {
            at++;
            flags.precision = Math.max(0, size("%!(BADPREC)"));
        }
        var goodIndex = argumentIndex();
        if (at >= format.length()) {
            out.append("%!(NOVERB)");
            return;
        }
        var verb = format.codePointAt(at);
        at += Character.charCount(verb);
        if (verb == '%') {
            out.append('%');
        } else if (!goodIndex) {
            out.append("%!").appendCodePoint(verb).append("(BADINDEX)");
        } else if (next >= arguments.size()) {
            out.append("%!").appendCodePoint(verb).append("(MISSING)");
        } else {
            wholeFlags(verb);
            out.append(value(arguments.get(next++), (char) verb));
        }
    }

    /// `%+v` and `%#v` concern structs and everything in them, not the numbers.
    private void wholeFlags(int verb) {
        if (verb == 'v') {
            flags.named = flags.plus;
            flags.syntax = flags.sharp;
            flags.plus = false;
            flags.sharp = false;
        }
    }

    /// Takes `[n]`, which chooses an argument; false when there is no such one.
    private boolean argumentIndex() {
        if (at >= format.length() || format.charAt(at) != '[') {
            return true;
        }
        reordered = true;
        var close = format.indexOf(']', at);
        var digits = close < 0 ? "" : format.substring(at + 1, close);
        at = close < 0 ? at + 1 : close + 1;
        if (!digits.matches("[0-9]{1,6}")
                || Integer.parseInt(digits) < 1
                || Integer.parseInt(digits) > arguments.size()) {
            return false;
        }
        next = Integer.parseInt(digits) - 1;
        return true;
    }

    private boolean flag(char c) {
        switch (c) {
            case '-' -> {
                flags.minus = true;
                flags.zero = false;
            }
            case '+' -> flags.plus = true;
            case '#' -> flags.sharp = true;
            case ' ' -> flags.space = true;
            case '0' -> flags.zero = !flags.minus;
            default -> {
                return false;
            }
        }
        return true;
    }

    /// A number in the format, or of an argument for `*`.
    private int size(String bad) {
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            if (next < arguments.size() && Go.isWhole(arguments.get(next))) {
                var number = ((Number) arguments.get(next++)).longValue();
                if (Math.abs(number) <= WIDEST) {
                    return (int) number;
                }
            } else {
                next++;
            }
            out.append(bad);
            return -1;
        }
        var number = -1;
        while (at < format.length() && Character.digit(format.charAt(at), 10) >= 0 && format.charAt(at) < 0x80) {
            number = Math.min(WIDEST, Math.max(0, number) * 10 + format.charAt(at) - '0');
            at++;
        }
        return number;
    }

    private String value(Object value, char verb) {
        if (verb == 'T') {
            return padded(Go.type(Go.bare(value)));
        }
        return switch (value) {
            case Go.Any any -> value(any.value(), verb);
            case Go.Special _ ->
                verb == 'v' ? padded(flags.syntax ? "interface {}(nil)" : "<nil>") : "%!" + verb + "(<nil>)";
            case Boolean bool when verb == 't' || verb == 'v' -> padded(bool.toString());
            case Double number -> floating(number, verb);
            case Number number -> whole(number, verb);
            case String text -> string(text, verb, value);
            case Go.Named named -> string(named.text(), verb, value);
            case List<?> list -> list(list, verb);
            case Map<?, ?> map -> map(map, verb);
            case GoStruct struct -> struct(struct, verb);
            default -> bad(value, verb);
        };
    }

    private String bad(Object value, char verb) {
        return "%!" + verb + "(" + typed(value) + ")";
    }

    private String list(List<?> list, char verb) {
        var sharp = flags.syntax;
        var words =
                Go.elements(list).stream().map(element -> value(element, verb)).toList();
        return sharp ? "[]interface {}{" + String.join(", ", words) + "}" : "[" + String.join(" ", words) + "]";
    }

    private String map(Map<?, ?> map, char verb) {
        var sharp = flags.syntax;
        var words = Go.sorted(map).entrySet().stream()
                .map(entry -> value(entry.getKey(), verb) + ":" + value(entry.getValue(), verb))
                .toList();
        return sharp
                ? "map[string]interface {}{" + String.join(", ", words) + "}"
                : "map[" + String.join(" ", words) + "]";
    }

    private String struct(GoStruct struct, char verb) {
        var sharp = flags.syntax;
        var named = sharp || flags.named;
        var words = struct.fields().stream()
                .map(field -> (named ? field.name() + ":" : "") + value(field.value(), verb))
                .toList();
        return sharp ? struct.type() + "{" + String.join(", ", words) + "}" : "{" + String.join(" ", words) + "}";
    }

    private String string(String text, char verb, Object value) {
        var shown = flags.precision >= 0 && flags.precision < text.codePointCount(0, text.length())
                ? text.substring(0, text.offsetByCodePoints(0, flags.precision))
                : text;
        return switch (verb) {
            case 'v' -> padded(flags.syntax ? Quote.go(shown) : shown);
            case 's' -> padded(shown);
            case 'q' -> padded(quoted(shown));
            case 'x' -> padded(hexadecimal(shown));
            case 'X' -> padded(hexadecimal(shown).toUpperCase(Locale.ROOT));
            default -> bad(value, verb);
        };
    }

    private String quoted(String text) {
        if (flags.sharp && text.indexOf('`') < 0) {
            return "`" + text + "`";
        }
        return flags.plus ? Quote.ascii(text) : Quote.go(text);
    }

    private String hexadecimal(String text) {
        var digits = new StringBuilder();
        for (var b : Builtins.bytes(text)) {
            digits.append(flags.space && !digits.isEmpty() ? " " : "")
                    .append(flags.sharp && (flags.space || digits.isEmpty()) ? "0x" : "")
                    .append(String.format("%02x", b & 0xff));
        }
        return digits.toString();
    }

    private String whole(Number number, char verb) {
        var value = number.longValue();
        return switch (verb) {
            case 'v', 'd' -> digits(value, 10, "");
            case 'b' -> digits(value, 2, flags.sharp ? "0b" : "");
            case 'o' -> digits(value, 8, flags.sharp ? "0" : "");
            case 'O' -> digits(value, 8, "0o");
            case 'x' -> digits(value, 16, flags.sharp ? "0x" : "");
            case 'X' -> digits(value, 16, flags.sharp ? "0x" : "").toUpperCase(Locale.ROOT);
            case 'c' -> padded(Character.toString(codePoint(value)));
            case 'q' -> padded(Quote.character(codePoint(value)));
            case 'U' ->
                padded(String.format("U+%04X", value)
                        + (flags.sharp ? " '" + Character.toString(codePoint(value)) + "'" : ""));
            default -> bad(number, verb);
        };
    }

    private static int codePoint(long value) {
        return value >= 0 && value <= Character.MAX_CODE_POINT ? (int) value : 0xfffd;
    }

    private String digits(long value, int radix, String prefix) {
        var digits = Long.toString(value, radix).replace("-", "");
        if (flags.precision >= 0) {
            digits = "0".repeat(Math.max(0, flags.precision - digits.length())) + digits;
            digits = flags.precision == 0 && value == 0 ? "" : digits;
        }
        return signed(value < 0 ? "-" : positive(), prefix + digits, flags.precision < 0);
    }

    private String positive() {
        return flags.plus ? "+" : flags.space ? " " : "";
    }

    /// Pads with zeros between sign and digits where the format asks for it.
    private String signed(String sign, String digits, boolean zeros) {
        if (flags.zero && zeros && flags.width > sign.length() + digits.length()) {
            return sign + "0".repeat(flags.width - sign.length() - digits.length()) + digits;
        }
        return padded(sign + digits);
    }

    private String floating(double value, char verb) {
        var text = switch (verb) {
            case 'v', 'g' -> Floats.text(value, 'g', flags.precision);
            case 'G' -> Floats.text(value, 'g', flags.precision).toUpperCase(Locale.ROOT);
            case 'e' -> Floats.text(value, 'e', flags.precision < 0 ? 6 : flags.precision);
            case 'E' ->
                Floats.text(value, 'e', flags.precision < 0 ? 6 : flags.precision)
                        .toUpperCase(Locale.ROOT);
            case 'f', 'F' -> Floats.text(value, 'f', flags.precision < 0 ? 6 : flags.precision);
            default -> "";
        };
        if (text.isEmpty()) {
            return bad(value, verb);
        }
        var negative = text.startsWith("-");
        var digits = negative || text.startsWith("+") ? text.substring(1) : text;
        return signed(negative ? "-" : text.startsWith("+") ? "+" : positive(), digits, Double.isFinite(value));
    }

    private String padded(String text) {
        var missing = flags.width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        return flags.minus ? text + " ".repeat(missing) : (flags.zero ? "0" : " ").repeat(missing) + text;
    }
}
