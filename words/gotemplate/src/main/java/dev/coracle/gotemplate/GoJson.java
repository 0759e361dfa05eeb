package dev.coracle.gotemplate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as Go's encoder writes it: keys of maps sorted, fields of structs in their order.
public final class GoJson {
    private final String indent;
    private final StringBuilder out = new StringBuilder();

    private GoJson(String indent) {
        this.indent = indent;
    }

    /// In one line, without blanks, `<`, `>` and `&` as they are.
    public static String compact(@Nullable Object value) {
        return new GoJson("").write(value);
    }

    /// One member per line, with this indentation per level.
    public static String pretty(@Nullable Object value, String indent) {
        return new GoJson(indent).write(value);
    }

    private String write(@Nullable Object value) {
        value(Go.of(value), 0);
        return out.toString();
    }

    private void value(Object value, int depth) {
        switch (value) {
            case Go.Any any -> value(any.value(), depth);
            case Go.Special _ -> out.append("null");
            case String text -> string(text);
            case Go.Named named -> string(named.text());
            case Boolean bool -> out.append(bool);
            case Double number -> out.append(Format.jsonFloat(number));
            case Number number -> out.append(number.longValue());
            case GoStruct struct -> struct(struct, depth);
            case Map<?, ?> map -> map(map, depth);
            case List<?> list -> list(list, depth);
            default -> throw new Functions.Failure("json: unsupported type: " + Go.type(value));
        }
    }

    private void struct(GoStruct struct, int depth) {
        out.append('{');
        var comma = false;
        for (var field : struct.fields()) {
            if (field.json().isEmpty() || (field.omitEmpty() && Go.isEmpty(field.value()))) {
                continue;
            }
            comma = member(comma, field.json(), field.value(), depth);
        }
        close(comma, depth, '}');
    }

    private void map(Map<?, ?> map, int depth) {
        out.append('{');
        var comma = false;
        for (var entry : Go.sorted(map).entrySet()) {
            comma = member(comma, entry.getKey().toString(), entry.getValue(), depth);
        }
        close(comma, depth, '}');
    }

    private boolean member(boolean comma, String name, Object value, int depth) {
        separate(comma, depth + 1);
        string(name);
        out.append(indent.isEmpty() ? ":" : ": ");
        value(value, depth + 1);
        return true;
    }

    private void list(List<?> list, int depth) {
        out.append('[');
        var comma = false;
        for (var element : Go.elements(list)) {
            separate(comma, depth + 1);
            value(element, depth + 1);
            comma = true;
        }
        close(comma, depth, ']');
    }

    private void separate(boolean comma, int depth) {
        if (comma) {
            out.append(',');
        }
        line(depth);
    }

    private void close(boolean filled, int depth, char bracket) {
        if (filled) {
            line(depth);
        }
        out.append(bracket);
    }

    private void line(int depth) {
        if (!indent.isEmpty()) {
            out.append('\n').append(indent.repeat(depth));
        }
    }

    private void string(String text) {
        out.append('"');
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c == '\u2028' || c == '\u2029') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
