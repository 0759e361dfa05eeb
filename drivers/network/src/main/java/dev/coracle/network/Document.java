package dev.coracle.network;

import dev.coracle.base.EngineException.DataLoss;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of JSON that is needed here: objects, lists and texts are written; numbers, truth values
/// and null, which the launcher sends, are read as texts.
final class Document {
    private static final int DEEPEST = 8;

    private final String text;
    private int at;

    private Document(String text) {
        this.text = text;
    }

    static String write(Map<String, ?> object) {
        var out = new StringBuilder();
        write(out, object);
        return out.toString();
    }

    private static void write(StringBuilder out, Object value) {
        switch (value) {
            case Map<?, ?> object -> {
                var separator = "{";
                for (var member : object.entrySet()) {
                    out.append(separator);
                    quote(out, String.valueOf(member.getKey()));
                    out.append(':');
                    write(out, member.getValue());
                    separator = ",";
                }
                out.append(object.isEmpty() ? "{}" : "}");
            }
            case Collection<?> list -> {
                var separator = "[";
                for (var element : list) {
                    out.append(separator);
                    write(out, element);
                    separator = ",";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            default -> quote(out, value.toString());
        }
    }

    private static void quote(StringBuilder out, String value) {
        out.append('"');
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /// @throws DataLoss when it is not what [#write] makes
    static Fields read(String text) {
        var document = new Document(text);
        if (document.value(0) instanceof Fields object
                && text.substring(document.at).isBlank()) {
            return object;
        }
        throw document.broken();
    }

    /// The objects of a list; null is an empty one.
    static List<Fields> readList(String text) {
        return read("{\"list\":" + text + "}").objects("list");
    }

    private Object value(int depth) {
        if (depth > DEEPEST) {
            throw broken();
        }
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> list(depth);
            case '"' -> quoted();
            default -> word();
        };
    }

    private String word() {
        var start = at;
        while (at < text.length() && "+-.0123456789abcdefghijklmnopqrstuvwxyzE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == start) {
            throw broken();
        }
        return text.substring(start, at);
    }

    private Fields object(int depth) {
        var members = new LinkedHashMap<String, Object>();
        expect('{');
        while (peek() != '}') {
            if (!members.isEmpty()) {
                expect(',');
            }
            var name = quoted();
            expect(':');
            members.put(name, value(depth + 1));
        }
        expect('}');
        return new Fields(members);
    }

    private List<Object> list(int depth) {
        var elements = new ArrayList<>();
        expect('[');
        while (peek() != ']') {
            if (!elements.isEmpty()) {
                expect(',');
            }
            elements.add(value(depth + 1));
        }
        expect(']');
        return elements;
    }

    private String quoted() {
        var out = new StringBuilder();
        expect('"');
        while (raw() != '"') {
            var c = text.charAt(at++);
            out.append(c == '\\' ? escaped() : c);
        }
        at++;
        return out.toString();
    }

    private char escaped() {
        var c = raw();
        at++;
        if (c != 'u') {
            return c;
        }
        try {
            var code = (char) Integer.parseInt(text.substring(at, at + 4), 16);
            at += 4;
            return code;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw broken();
        }
    }

    /// The next character that means something.
    private char peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return raw();
    }

    private char raw() {
        if (at >= text.length()) {
            throw broken();
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw broken();
        }
        at++;
    }

    private DataLoss broken() {
        return new DataLoss("record of a network is damaged at character " + at + ": " + text);
    }

    /// An object that was read; what is missing is empty.
    record Fields(Map<String, Object> members) {
        String text(String name) {
            return members.getOrDefault(name, "") instanceof String value ? value : "";
        }

        boolean is(String name) {
            return text(name).equals("true");
        }

        List<String> texts(String name) {
            return elements(name).stream().map(Object::toString).toList();
        }

        List<Fields> objects(String name) {
            return elements(name).stream()
                    .filter(Fields.class::isInstance)
                    .map(Fields.class::cast)
                    .toList();
        }

        private List<?> elements(String name) {
            return members.getOrDefault(name, List.of()) instanceof List<?> list ? list : List.of();
        }

        Map<String, String> map(String name) {
            var found = new LinkedHashMap<String, String>();
            if (members.getOrDefault(name, "") instanceof Fields fields) {
                fields.members.forEach((key, value) -> found.put(key, value.toString()));
            }
            return found;
        }
    }
}
