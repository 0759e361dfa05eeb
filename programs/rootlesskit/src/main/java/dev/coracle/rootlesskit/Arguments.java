package dev.coracle.rootlesskit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The words of a command line, sorted into flags and the command. Follows Go's flag package, as RootlessKit does: one
/// dash or two, `--flag=value` or `--flag value`, and the first word that is no flag begins the command.
record Arguments(Map<Flag, List<String>> flags, List<String> command) {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    Arguments {
        command = List.copyOf(command);
    }

    static Arguments parse(List<String> words) throws UsageException {
        var flags = new EnumMap<Flag, List<String>>(Flag.class);
        var at = 0;
        while (at < words.size()) {
            var word = words.get(at);
            if (!word.startsWith("-") || word.equals("-")) {
                break;
            }
            at++;
            if (word.equals("--")) {
                break;
            }
            var name = word.substring(word.startsWith("--") ? 2 : 1);
            var equals = name.indexOf('=');
            var flag = find(equals < 0 ? name : name.substring(0, equals), word);
            if (equals >= 0) {
                add(flags, flag, name.substring(equals + 1));
            } else if (flag.kind().isSwitch()) {
                add(flags, flag, "true");
            } else if (at < words.size()) {
                add(flags, flag, words.get(at++));
            } else {
                throw new UsageException("flag needs an argument: -" + name, true);
            }
        }
        return new Arguments(flags, words.subList(at, words.size()));
    }

    private static Flag find(String name, String word) throws UsageException {
        if (name.isEmpty() || name.startsWith("-")) {
            throw new UsageException("bad flag syntax: " + word, true);
        }
        return Flag.find(name).orElseThrow(() -> new UsageException("flag provided but not defined: -" + name, true));
    }

    private static void add(Map<Flag, List<String>> flags, Flag flag, String value) throws UsageException {
        var values = flags.computeIfAbsent(flag, _ -> new ArrayList<>());
        switch (flag.kind()) {
            case SWITCH, SWITCH_ON -> {
                if (!TRUE.contains(value) && !FALSE.contains(value)) {
                    throw new UsageException(
                            "invalid boolean value \"" + value + "\" for -" + flag.word() + ": parse error", true);
                }
                values.add(value);
            }
            case NUMBER -> {
                try {
                    values.add(Integer.toString(Integer.parseInt(value)));
                } catch (NumberFormatException wrong) {
                    throw new UsageException(
                            "invalid value \"" + value + "\" for flag -" + flag.word() + ": parse error", true);
                }
            }
            case TEXT -> values.add(value);
            case LIST -> values.addAll(List.of(value.split(",")));
        }
    }

    boolean isGiven(Flag flag) {
        return flags.containsKey(flag);
    }

    boolean isOn(Flag flag) {
        var values = flags.get(flag);
        return values == null ? flag.kind() == Flag.Kind.SWITCH_ON : TRUE.contains(values.getLast());
    }

    /// The last one given, or the default.
    String text(Flag flag) {
        var values = flags.get(flag);
        return values == null ? flag.usual() : values.getLast();
    }

    int number(Flag flag) {
        return Integer.parseInt(text(flag));
    }

    List<String> list(Flag flag) {
        return List.copyOf(flags.getOrDefault(flag, List.of()));
    }
}
