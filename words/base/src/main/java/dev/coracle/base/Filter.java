package dev.coracle.base;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.coracle.base.EngineException.InvalidArgument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One filter of containerd's language: selectors joined by commas, all of which must hold. A
/// list of filters is an alternative (see [#any]).
///
/// `field`, `field==value`, `field!=value`, `field~=regex`, where a field is words or quoted
/// strings joined by dots and white space between tokens counts for nothing. A field that is
/// absent satisfies `!=`. A regular expression is in RE2's dialect, needs time in proportion to
/// the text whatever it says (filters come from clients), and matches anywhere in the value; one
/// that does not compile, or is too large, matches nothing.
public final class Filter {
    /// The object under test: the value of a field path, or empty when the object lacks it.
    @FunctionalInterface
    public interface Fields {
        Optional<String> value(List<String> path);
    }

    private enum Operator {
        PRESENT,
        EQUAL,
        NOT_EQUAL,
        MATCHES
    }

    private record Selector(List<String> path, Operator operator, String value, Optional<Pattern> pattern) {
        boolean holds(Fields fields) {
            var found = fields.value(path);
            return switch (operator) {
                case PRESENT -> found.isPresent();
                case EQUAL -> found.isPresent() && found.get().equals(value);
                case NOT_EQUAL -> found.isEmpty() || !found.get().equals(value);
                case MATCHES ->
                    found.isPresent()
                            && pattern.isPresent()
                            && pattern.get().matcher(found.get()).find();
            };
        }
    }

    private final List<Selector> selectors;

    private Filter(List<Selector> selectors) {
        this.selectors = List.copyOf(selectors);
    }

    /// Reads one filter; an empty text matches everything.
    ///
    /// @throws InvalidArgument when the text is not a filter, with the place
    public static Filter parse(String text) {
        return new Filter(new Parser(text).selectors());
    }

    /// Reads a list of filters.
    public static List<Filter> parse(List<String> texts) {
        return texts.stream().map(Filter::parse).toList();
    }

    /// Whether one of the filters matches, or there are none.
    public static boolean any(List<Filter> filters, Fields fields) {
        return filters.isEmpty() || filters.stream().anyMatch(filter -> filter.matches(fields));
    }

    /// Whether all selectors hold.
    public boolean matches(Fields fields) {
        return selectors.stream().allMatch(selector -> selector.holds(fields));
    }

    /// The value of a map's key named by the rest of a path: `labels.a.b` is the key `a.b`.
    public static Optional<String> label(java.util.Map<String, String> labels, List<String> path) {
        return Optional.ofNullable(labels.get(String.join(".", path.subList(1, path.size()))));
    }

    private static final class Parser {
        /// A number after a brace or a comma, up to RE2's own limit of four digits.
        private static final Pattern COUNTED = Pattern.compile("[{,]\\s*(\\d{1,4})");

        private static final long LARGEST_EXPRESSION = 200_000;

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        List<Selector> selectors() {
            var selectors = new ArrayList<Selector>();
            skipSpace();
            if (at == text.length()) {
                return selectors;
            }
            selectors.add(selector());
            while (at < text.length()) {
                expect(',');
                selectors.add(selector());
            }
            return selectors;
        }

        private Selector selector() {
            var path = new ArrayList<String>();
            path.add(field());
            skipSpace();
            while (peek() == '.') {
                at++;
                path.add(field());
                skipSpace();
            }
            var operator = operator();
            if (operator == Operator.PRESENT) {
                return new Selector(List.copyOf(path), operator, "", Optional.empty());
            }
            skipSpace();
            var value = value(operator == Operator.MATCHES);
            skipSpace();
            return new Selector(
                    List.copyOf(path),
                    operator,
                    value,
                    operator == Operator.MATCHES ? compile(value) : Optional.empty());
        }

        private static Optional<Pattern> compile(String expression) {
            try {
                return isTooLarge(expression) ? Optional.empty() : Optional.of(Pattern.compile(expression));
            } catch (PatternSyntaxException _) {
                return Optional.empty();
            }
        }

        /// Counted repetitions multiply the compiled size when they are nested, and nothing else
        /// does. Nesting is assumed: telling would need a parser as good as the library's.
        private static boolean isTooLarge(String expression) {
            var size = (long) expression.length();
            for (var counts = COUNTED.matcher(expression); size <= LARGEST_EXPRESSION && counts.find(); ) {
                size *= Math.max(1, Integer.parseInt(counts.group(1)));
            }
            return size > LARGEST_EXPRESSION;
        }

        private Operator operator() {
            if (at == text.length() || peek() == ',') {
                return Operator.PRESENT;
            }
            for (var operator : List.of(Operator.EQUAL, Operator.NOT_EQUAL, Operator.MATCHES)) {
                var sign = switch (operator) {
                    case EQUAL -> "==";
                    case NOT_EQUAL -> "!=";
                    case MATCHES, PRESENT -> "~=";
                };
                if (text.startsWith(sign, at)) {
                    at += 2;
                    return operator;
                }
            }
            throw wrong("expected an operator (==, != or ~=)");
        }

        private String field() {
            skipSpace();
            if (peek() == '"') {
                return quoted();
            }
            var start = at;
            while (isWord(peek())) {
                at++;
            }
            if (start == at) {
                throw wrong("expected a field name");
            }
            return text.substring(start, at);
        }

        private String value(boolean anyQuote) {
            var first = peek();
            if (first == '"' || (anyQuote && (first == '/' || first == '|'))) {
                return quoted();
            }
            var start = at;
            while (at < text.length() && peek() != ',' && !Character.isWhitespace(peek())) {
                at++;
            }
            if (start == at) {
                throw wrong("expected a value");
            }
            return text.substring(start, at);
        }

        private String quoted() {
            var quote = text.charAt(at++);
            var value = new StringBuilder();
            while (at < text.length()) {
                var c = text.charAt(at++);
                if (c == quote) {
                    return value.toString();
                }
                if (c != '\\') {
                    value.append(c);
                } else if (quote != '"') {
                    // Between slashes or bars a backslash belongs to the expression, unless it protects the quote.
                    if (peek() != quote) {
                        value.append(c);
                    } else {
                        value.append(text.charAt(at++));
                    }
                } else {
                    escape(value);
                }
            }
            throw wrong("a quoted string does not end");
        }

        private void escape(StringBuilder value) {
            var c = peek();
            at++;
            switch (c) {
                case 'a' -> value.append('\u0007');
                case 'b' -> value.append('\b');
                case 'f' -> value.append('\f');
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                case 'v' -> value.append('\u000b');
                case '\\', '\'', '"' -> value.append(c);
                case 'x' -> value.appendCodePoint(number(2, 16));
                case 'u' -> value.appendCodePoint(number(4, 16));
                case 'U' -> value.appendCodePoint(number(8, 16));
                default -> throw wrong("the escape \\" + c + " is not known");
            }
        }

        private int number(int digits, int radix) {
            try {
                var number = Integer.parseInt(text.substring(at, at + digits), radix);
                at += digits;
                if (!Character.isValidCodePoint(number)) {
                    throw wrong("an escape is no character");
                }
                return number;
            } catch (NumberFormatException | StringIndexOutOfBoundsException _) {
                throw wrong("an escape wants " + digits + " digits");
            }
        }

        private void expect(char wanted) {
            skipSpace();
            if (peek() != wanted) {
                throw wrong("expected '" + wanted + "'");
            }
            at++;
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        /// The next character, or NUL at the end.
        private char peek() {
            return at < text.length() ? text.charAt(at) : '\0';
        }

        private static boolean isWord(char c) {
            return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }

        private InvalidArgument wrong(String why) {
            return new InvalidArgument(
                    String.format(Locale.ROOT, "filter \"%s\": %s at character %d", text, why, at + 1));
        }
    }
}
