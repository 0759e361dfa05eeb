package dev.coracle.daemon;

import java.util.List;
import java.util.Locale;

/// Writes a configuration as containerd does: values before tables, strings in single quotes,
/// two more spaces for each level.
final class ConfigWriter {
    private final StringBuilder text = new StringBuilder();

    private ConfigWriter() {}

    static String write(ConfigTree tree) {
        var writer = new ConfigWriter();
        writer.table(tree, "", 0);
        return writer.text.toString();
    }

    private void table(ConfigTree tree, String path, int depth) {
        tree.entries().forEach((key, entry) -> {
            if (!(entry.value() instanceof ConfigTree)) {
                indent(depth)
                        .append(key(key))
                        .append(" = ")
                        .append(value(entry.value()))
                        .append('\n');
            }
        });
        tree.entries().forEach((key, entry) -> {
            if (entry.value() instanceof ConfigTree inner) {
                var full = path.isEmpty() ? key(key) : path + "." + key(key);
                if (!text.isEmpty()) {
                    text.append('\n');
                }
                indent(depth).append('[').append(full).append("]\n");
                table(inner, full, depth + 1);
            }
        });
    }

    private StringBuilder indent(int depth) {
        return text.append("  ".repeat(depth));
    }

    private static String key(String key) {
        return key.matches("[A-Za-z0-9_-]+") ? key : quoted(key);
    }

    private static String value(Object value) {
        return switch (value) {
            case String string -> quoted(string);
            case List<?> list ->
                list.stream().map(ConfigWriter::value).collect(java.util.stream.Collectors.joining(", ", "[", "]"));
            default -> String.valueOf(value);
        };
    }

    private static String quoted(String string) {
        if (string.chars().noneMatch(c -> c == '\'' || c < 0x20)) {
            return "'" + string + "'";
        }
        var quoted = new StringBuilder("\"");
        string.chars().forEach(c -> {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append((char) c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20) {
                        quoted.append(String.format(Locale.ROOT, "\\u%04X", c));
                    } else {
                        quoted.append((char) c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
