package dev.coracle.cli.line;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the words after a command as pflag does: `--flag=value`, `--flag value`, `-pVALUE`, short
/// flags in a cluster, `--`.
final class LineParser {
    private final String program;
    private final Command command;
    private final String path;
    private final List<String> words;
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private int at;

    private LineParser(String program, Command command, String path, List<String> words) {
        this.program = program;
        this.command = command;
        this.path = path;
        this.words = words;
    }

    /// @param path the words that led to the command
    static Line parse(String program, Command command, String path, List<String> words) {
        return new LineParser(program, command, path, words).all();
    }

    /// Whether help is asked for, where the command itself would read flags.
    static boolean asksForHelp(Command command, List<String> words) {
        var takesLetter = command.flag('h').isPresent();
        for (var i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals("--") || (!command.mixed() && !word.startsWith("-"))) {
                return false;
            }
            if (word.equals("--help") || (word.equals("-h") && !takesLetter)) {
                return true;
            }
            if (takesNext(command, word)) {
                i++;
            }
        }
        return false;
    }

    private static boolean takesNext(Command command, String word) {
        if (word.startsWith("--")) {
            return !word.contains("=")
                    && command.flag(word.substring(2))
                            .map(Flag::kind)
                            .filter(kind -> kind != Kind.BOOL)
                            .isPresent();
        }
        for (var i = 1; word.startsWith("-") && i < word.length(); i++) {
            var flag = command.flag(word.charAt(i));
            if (flag.isEmpty() || flag.get().kind() != Kind.BOOL) {
                return flag.isPresent() && i == word.length() - 1;
            }
        }
        return false;
    }

    private Line all() {
        while (at < words.size()) {
            var word = words.get(at++);
            if (word.equals("--")) {
                arguments.addAll(words.subList(at, words.size()));
                break;
            }
            if (word.startsWith("--")) {
                named(word.substring(2));
            } else if (word.length() > 1 && word.startsWith("-")) {
                letters(word);
            } else {
                arguments.add(word);
                if (!command.mixed()) {
                    arguments.addAll(words.subList(at, words.size()));
                    break;
                }
            }
        }
        command.arity().wrong(arguments.size()).ifPresent(wrong -> {
            throw UsageFailure.arguments(wrong, program, command, path);
        });
        return new Line(command, values, arguments);
    }

    private void named(String word) {
        var equals = word.indexOf('=');
        var name = equals < 0 ? word : word.substring(0, equals);
        if (name.isEmpty() || name.startsWith("-")) {
            throw wrong("bad flag syntax: --" + word);
        }
        var flag = command.flag(name).orElseThrow(() -> wrong("unknown flag: --" + name));
        if (equals >= 0) {
            set(flag, word.substring(equals + 1));
        } else if (flag.kind() == Kind.BOOL) {
            set(flag, "true");
        } else {
            set(flag, next().orElseThrow(() -> wrong("flag needs an argument: --" + name)));
        }
    }

    private void letters(String word) {
        for (var i = 1; i < word.length(); i++) {
            var letter = word.charAt(i);
            var flag = command.flag(letter)
                    .orElseThrow(() -> wrong("unknown shorthand flag: '" + letter + "' in " + word));
            var rest = word.substring(i + 1);
            if (rest.startsWith("=")) {
                set(flag, rest.substring(1));
                return;
            }
            if (flag.kind() == Kind.BOOL) {
                set(flag, "true");
            } else {
                set(
                        flag,
                        rest.isEmpty()
                                ? next().orElseThrow(() -> wrong("flag needs an argument: '" + letter + "' in " + word))
                                : rest);
                return;
            }
        }
    }

    private Optional<String> next() {
        return at < words.size() ? Optional.of(words.get(at++)) : Optional.empty();
    }

    private void set(Flag flag, String value) {
        try {
            var each = flag.kind() == Kind.LIST ? Values.split(value) : List.of(value);
            each.forEach(one -> Values.check(flag, one));
        } catch (BadValue bad) {
            throw wrong(
                    "invalid argument " + Values.quoted(value) + " for \"" + flag.shown() + "\" flag: " + bad.reason());
        }
        if (!flag.kind().isMany()) {
            values.remove(flag.name());
        }
        values.computeIfAbsent(flag.name(), _ -> new ArrayList<>()).add(value);
    }

    private UsageFailure wrong(String message) {
        return UsageFailure.flag(message, program, command, path);
    }
}
