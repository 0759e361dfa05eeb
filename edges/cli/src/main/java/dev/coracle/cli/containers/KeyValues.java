package dev.coracle.cli.containers;

import dev.coracle.cli.ClientFiles;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `NAME=value` in flags and in files of them.
public final class KeyValues {
    private KeyValues() {}

    /// The variables of `--env-file` and `--env`; a bare name takes the caller's value, or the
    /// image's away when the caller has none.
    static List<String> environment(Session session, Line line) throws IOException {
        var all = new ArrayList<String>();
        for (var file : line.texts("env-file")) {
            all.addAll(file(session, file));
        }
        all.addAll(line.texts("env"));
        return all.stream().map(variable -> fromCaller(session, variable)).toList();
    }

    private static String fromCaller(Session session, String variable) {
        var value = session.invocation().environment().get(variable);
        return variable.indexOf('=') >= 0 || value == null ? variable : variable + "=" + value;
    }

    /// The labels of `--label-file` and `--label`.
    public static Map<String, String> labels(Session session, Line line, boolean withFiles) throws IOException {
        var all = new ArrayList<String>();
        if (withFiles) {
            for (var file : line.texts("label-file")) {
                all.addAll(file(session, file));
            }
        }
        all.addAll(line.texts("label"));
        var labels = map(all);
        labels.keySet().stream()
                .filter(key -> key.startsWith("nerdctl/"))
                .findFirst()
                .ifPresent(key -> {
                    throw UsageFailure.of(
                            "label \"" + key + "\": labels that begin with nerdctl/ belong to the engine");
                });
        return labels;
    }

    /// `a=b` as a map; a bare `a` has no value.
    public static Map<String, String> map(List<String> texts) {
        var map = new LinkedHashMap<String, String>();
        for (var text : texts) {
            var equals = text.indexOf('=');
            map.put(equals < 0 ? text : text.substring(0, equals), equals < 0 ? "" : text.substring(equals + 1));
        }
        return map;
    }

    private static List<String> file(Session session, String name) throws IOException {
        var lines = new ArrayList<String>();
        for (var text : ClientFiles.text(session.path(name))
                .replace("\uFEFF", "")
                .lines()
                .toList()) {
            var line = text.stripLeading();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var equals = line.indexOf('=');
            var key = equals < 0 ? line : line.substring(0, equals);
            if (key.isEmpty()) {
                throw UsageFailure.of("invalid env file (" + name + "): no variable name on line '" + line + "'");
            }
            if (key.chars().anyMatch(Character::isWhitespace)) {
                throw UsageFailure.of("invalid env file (" + name + "): variable '" + key + "' contains whitespaces");
            }
            lines.add(line);
        }
        return lines;
    }
}
