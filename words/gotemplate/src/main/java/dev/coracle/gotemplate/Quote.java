package dev.coracle.gotemplate;

import java.util.Optional;

/// Strings in Go's syntax.
final class Quote {
    private Quote() {}

    /// The text in double quotes, with Go's escapes.
    static String go(String text) {
        var out = new StringBuilder("\"");
        text.codePoints().forEach(c -> escape(out, c, '"'));
        return out.append('"').toString();
    }

    /// The same with nothing but ASCII in it.
    static String ascii(String text) {
        var out = new StringBuilder();
        go(text).codePoints().forEach(c -> {
            if (c < 0x80) {
                out.appendCodePoint(c);
            } else {
                out.append(c > 0xffff ? String.format("\\U%08x", c) : String.format("\\u%04x", c));
            }
        });
        return out.toString();
    }

    /// The character in single quotes.
    static String character(int c) {
        var out = new StringBuilder("'");
        escape(out, c, '\'');
        return out.append('\'').toString();
    }

    private static void escape(StringBuilder out, int c, char quote) {
        switch (c) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case 0x07 -> out.append("\\a");
            case 0x0b -> out.append("\\v");
            default -> {
                if (c == quote) {
                    out.append('\\').append(quote);
                } else if (c < ' ' || c == 0x7f) {
                    out.append(String.format("\\x%02x", c));
                } else if (printable(c)) {
                    out.appendCodePoint(c);
                } else {
                    out.append(c > 0xffff ? String.format("\\U%08x", c) : String.format("\\u%04x", c));
                }
            }
        }
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /// What a quoted literal (in `"`, `'` or back quotes) stands for; empty when it is malformed.
    static Optional<String> unquote(String literal) {
        var body = literal.substring(1, literal.length() - 1);
        if (literal.charAt(0) == '`') {
            return Optional.of(body.replace("\r", ""));
        }
        var out = new StringBuilder();
        for (var i = 0; i < body.length(); ) {
            var c = body.charAt(i);
            if (c == '\n') {
                return Optional.empty();
            }
            if (c != '\\') {
                out.append(c);
                i++;
                continue;
            }
            var used = unescape(body, i, literal.charAt(0), out);
            if (used == 0) {
                return Optional.empty();
            }
            i += used;
        }
        return Optional.of(out.toString());
    }

    /// Appends what the escape at `at` stands for; gives its length, 0 when it is none.
    private static int unescape(String body, int at, char quote, StringBuilder out) {
        if (at + 1 >= body.length()) {
            return 0;
        }
        var c = body.charAt(at + 1);
        var simple = "abfnrtv\\".indexOf(c);
        if (simple >= 0) {
            out.append("\u0007\b\f\n\r\t\u000b\\".charAt(simple));
            return 2;
        }
        if (c == quote) {
            out.append(c);
            return 2;
        }
        return switch (c) {
            case 'x' -> number(body, at + 2, 2, 16, out) ? 4 : 0;
            case 'u' -> number(body, at + 2, 4, 16, out) ? 6 : 0;
            case 'U' -> number(body, at + 2, 8, 16, out) ? 10 : 0;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> number(body, at + 1, 3, 8, out) ? 4 : 0;
            default -> 0;
        };
    }

    private static boolean number(String body, int from, int digits, int radix, StringBuilder out) {
        if (from + digits > body.length()) {
            return false;
        }
        var value = 0L;
        for (var i = from; i < from + digits; i++) {
            var digit = Character.digit(body.charAt(i), radix);
            if (digit < 0) {
                return false;
            }
            value = value * radix + digit;
        }
        if (value > Character.MAX_CODE_POINT || (radix == 8 && value > 255)) {
            return false;
        }
        out.appendCodePoint((int) value);
        return true;
    }
}
