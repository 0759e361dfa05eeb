package dev.coracle.userns;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The little JSON that small requests and answers need; a whole library would double the launcher's memory.
public sealed interface Json {
    record Text(String text) implements Json {}

    record Numeral(double number) implements Json {}

    record Flag(boolean isSet) implements Json {}

    record Nothing() implements Json {}

    record Items(List<Json> items) implements Json {
        public Items {
            items = List.copyOf(items);
        }
    }

    record Fields(Map<String, Json> fields) implements Json {
        public Fields {
            // in their order, which is kept when they are written again
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /// @throws IllegalArgumentException for what is not one JSON value, with the place
    static Json parse(String text) {
        return new Reader(text).whole();
    }

    /// A field of an object; empty too for other values, and for null.
    default Optional<Json> field(String name) {
        return this instanceof Fields(var fields)
                ? Optional.ofNullable(fields.get(name)).filter(value -> !(value instanceof Nothing))
                : Optional.empty();
    }

    /// On one line, without blanks.
    default String compact() {
        return written("", "", "", ":");
    }

    /// On many lines, each level further in.
    default String indented(String step) {
        return written("\n", step, step, ": ");
    }

    private String written(String line, String indent, String step, String colon) {
        return switch (this) {
            case Text(var text) -> quoted(text);
            case Numeral(var number) ->
                number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
            case Flag(var isSet) -> Boolean.toString(isSet);
            case Nothing() -> "null";
            case Items(var items) when items.isEmpty() -> "[]";
            case Fields(var fields) when fields.isEmpty() -> "{}";
            case Items(var items) ->
                items.stream()
                        .map(item -> line + indent + item.written(line, indent + step, step, colon))
                        .collect(Collectors.joining(",", "[", line + outer(indent, step) + "]"));
            case Fields(var fields) ->
                fields.entrySet().stream()
                        .map(field -> line
                                + indent
                                + quoted(field.getKey())
                                + colon
                                + field.getValue().written(line, indent + step, step, colon))
                        .collect(Collectors.joining(",", "{", line + outer(indent, step) + "}"));
        };
    }

    private static String outer(String indent, String step) {
        return indent.substring(step.length());
    }

    /// A text in quotes.
    static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> {
                    // as Go writes them, for those who show it on a page
                    if (c < ' ' || c == '<' || c == '>' || c == '&') {
                        quoted.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /// Reads one value.
    final class Reader {
        private static final int DEEPEST = 32;

        private final String text;
        private int at;
        private int depth;

        private Reader(String text) {
            this.text = text;
        }

        private Json whole() {
            var value = value();
            skip();
            if (at < text.length()) {
                throw wrong("nothing more");
            }
            return value;
        }

        private IllegalArgumentException wrong(String expected) {
            return new IllegalArgumentException("invalid JSON at character " + at + ": expected " + expected);
        }

        private void skip() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private char next() {
            skip();
            if (at == text.length()) {
                throw wrong("more");
            }
            return text.charAt(at);
        }

        private boolean takes(char c) {
            if (next() == c) {
                at++;
                return true;
            }
            return false;
        }

        private void take(char c) {
            if (!takes(c)) {
                throw wrong("'" + c + "'");
            }
        }

        private Json value() {
            if (++depth > DEEPEST) {
                throw wrong("less depth");
            }
            var value = switch (next()) {
                case '{' -> fields();
                case '[' -> items();
                case '"' -> new Text(string());
                case 't' -> word("true", new Flag(true));
                case 'f' -> word("false", new Flag(false));
                case 'n' -> word("null", new Nothing());
                default -> number();
            };
            depth--;
            return value;
        }

        private Json word(String word, Json value) {
            if (!text.startsWith(word, at)) {
                throw wrong("a value");
            }
            at += word.length();
            return value;
        }

        private Json fields() {
            var fields = new LinkedHashMap<String, Json>();
            take('{');
            if (takes('}')) {
                return new Fields(fields);
            }
            do {
                if (next() != '"') {
                    throw wrong("a name");
                }
                var name = string();
                take(':');
                fields.put(name, value());
            } while (takes(','));
            take('}');
            return new Fields(fields);
        }

        private Json items() {
            var items = new ArrayList<Json>();
            take('[');
            if (takes(']')) {
                return new Items(items);
            }
            do {
                items.add(value());
            } while (takes(','));
            take(']');
            return new Items(items);
        }

        private Json number() {
            var start = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            try {
                return new Numeral(Double.parseDouble(text.substring(start, at)));
            } catch (NumberFormatException wrong) {
                at = start;
                throw wrong("a value");
            }
        }

        private String string() {
            take('"');
            var read = new StringBuilder();
            while (at < text.length()) {
                var c = text.charAt(at++);
                if (c == '"') {
                    return read.toString();
                }
                read.append(c == '\\' ? escaped() : c);
            }
            throw wrong("the end of a text");
        }

        private char escaped() {
            if (at == text.length()) {
                throw wrong("more");
            }
            var c = text.charAt(at++);
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> unicode();
                default -> throw wrong("an escape");
            };
        }

        private char unicode() {
            try {
                var c = (char) Integer.parseInt(text.substring(at, at + 4), 16);
                at += 4;
                return c;
            } catch (NumberFormatException | StringIndexOutOfBoundsException wrong) {
                throw wrong("four hexadecimal digits");
            }
        }
    }
}
