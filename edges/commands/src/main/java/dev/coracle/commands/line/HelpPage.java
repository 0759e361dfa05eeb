package dev.coracle.commands.line;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The help page of a command, in the shape of urfave/cli's.
final class HelpPage {
    private HelpPage() {}

    static String of(List<Verb<?>> path) {
        var verb = path.getLast();
        var name = path.stream().map(Verb::name).collect(Collectors.joining(" "));
        var page = new StringBuilder();
        page.append("NAME:\n   ").append(name);
        if (!verb.usage().isEmpty()) {
            page.append(" - ").append(verb.usage());
        }
        page.append("\n\nUSAGE:\n   ").append(name).append(usage(path)).append('\n');
        if (!verb.description().isEmpty()) {
            page.append("\nDESCRIPTION:\n");
            verb.description()
                    .lines()
                    .forEach(line ->
                            page.append(line.isEmpty() ? "" : "   " + line).append('\n'));
        }
        if (!verb.children().isEmpty()) {
            page.append("\nCOMMANDS:\n").append(commands(verb));
        }
        page.append(path.size() == 1 ? "\nGLOBAL OPTIONS:\n" : "\nOPTIONS:\n").append(options(verb, path.size() == 1));
        return page.toString();
    }

    private static String usage(List<Verb<?>> path) {
        var verb = path.getLast();
        if (path.size() == 1) {
            return " [global options] command [command options]";
        }
        return " [command options]" + (verb.arguments().isEmpty() ? "" : " " + verb.arguments());
    }

    private static String commands(Verb<?> verb) {
        var rows = new ArrayList<String>();
        verb.children().forEach(child -> rows.add("   " + String.join(", ", child.names()) + "\t" + child.usage()));
        rows.add("   help, h\tShows a list of commands or help for one command");
        return aligned(rows);
    }

    private static String options(Verb<?> verb, boolean root) {
        var rows = new ArrayList<String>();
        verb.flags().stream().filter(Flag::shown).forEach(flag -> rows.add("   " + names(flag) + "\t" + words(flag)));
        rows.add("   --help, -h\tShow help");
        if (root) {
            rows.add("   --version, -v\tPrint the version");
        }
        return aligned(rows);
    }

    private static String names(Flag flag) {
        var value = flag.kind() == Flag.Kind.SWITCH ? "" : " " + value(flag);
        var names = flag.names().stream()
                .map(name -> (name.length() == 1 ? "-" : "--") + name + value)
                .collect(Collectors.joining(", "));
        return names + (flag.repeats() ? " [ " + names + " ]" : "");
    }

    private static String value(Flag flag) {
        var named = flag.usage().split("`", -1);
        return named.length > 2 ? named[1] : "value";
    }

    private static String words(Flag flag) {
        var words = new StringBuilder(flag.usage().replace("`", ""));
        var fallback = fallback(flag);
        if (!fallback.isEmpty()) {
            words.append(" (default: ").append(fallback).append(')');
        }
        if (!flag.variable().isEmpty()) {
            words.append(" [$").append(flag.variable()).append(']');
        }
        return words.toString();
    }

    private static String fallback(Flag flag) {
        return switch (flag.kind()) {
            case SWITCH -> flag.fallback().isEmpty() ? "false" : flag.fallback();
            case TEXT -> flag.fallback().isEmpty() ? "" : "\"" + flag.fallback() + "\"";
            case WHOLE, DECIMAL -> flag.fallback().isEmpty() ? "0" : flag.fallback();
            case DURATION -> flag.fallback().isEmpty() ? "0s" : flag.fallback();
            case TEXTS, WHOLES -> "";
        };
    }

    private static String aligned(List<String> rows) {
        var width = rows.stream().mapToInt(row -> row.indexOf('\t')).max().orElse(0) + 2;
        return rows.stream()
                .map(row -> {
                    var tab = row.indexOf('\t');
                    return row.substring(0, tab) + " ".repeat(width - tab) + row.substring(tab + 1) + "\n";
                })
                .collect(Collectors.joining());
    }
}
