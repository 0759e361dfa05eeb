package dev.coracle.oci;

import tools.jackson.databind.JsonNode;

/// Writes JSON as Go's `encoding/json` does, which clients compare byte by byte: no space in the
/// compact form, `": "` in the indented one, and `<`, `>`, `&`, U+2028 and U+2029 escaped.
final class GoJson {
    private final String indent;
    private final StringBuilder out = new StringBuilder();

    GoJson(String indent) {
        this.indent = indent;
    }

    String write(JsonNode node) {
        value(node, 0);
        return out.toString();
    }

    private void value(JsonNode node, int depth) {
        if (node.isObject()) {
            object(node, depth);
        } else if (node.isArray()) {
            array(node, depth);
        } else if (node.isString()) {
            string(node.stringValue());
        } else {
            out.append(node);
        }
    }

    private void object(JsonNode node, int depth) {
        var comma = false;
        out.append('{');
        for (var entry : node.properties()) {
            separate(comma, depth + 1);
            comma = true;
            string(entry.getKey());
            out.append(indent.isEmpty() ? ":" : ": ");
            value(entry.getValue(), depth + 1);
        }
        close(comma, depth, '}');
    }

    private void array(JsonNode node, int depth) {
        var comma = false;
        out.append('[');
        for (var element : node) {
            separate(comma, depth + 1);
            comma = true;
            value(element, depth + 1);
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
            character(text.charAt(i));
        }
        out.append('"');
    }

    private void character(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '<', '>', '&', '\u2028', '\u2029' -> escaped(c);
            default -> {
                if (c < ' ') {
                    escaped(c);
                } else {
                    out.append(c);
                }
            }
        }
    }

    private void escaped(char c) {
        out.append(String.format("\\u%04x", (int) c));
    }
}
