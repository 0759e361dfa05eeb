package dev.coracle.commands.line;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A command line, read: the chosen command, the values of its flags and of those before it, and
/// its arguments.
public final class Line {
    private final List<Verb<?>> path;
    private final Map<Flag, List<String>> given;
    private final Map<String, Flag> flags = new HashMap<>();
    private final List<String> arguments;
    private final boolean help;
    private final boolean version;

    Line(List<Verb<?>> path, Map<Flag, List<String>> given, List<String> arguments, boolean help, boolean version) {
        this.version = version;
        this.path = List.copyOf(path);
        this.given = new LinkedHashMap<>(given);
        this.arguments = List.copyOf(arguments);
        this.help = help;
        path.forEach(verb -> verb.flags().forEach(flag -> flags.put(flag.name(), flag)));
    }

    /// The commands from the program to the chosen one.
    public List<Verb<?>> path() {
        return path;
    }

    public Verb<?> verb() {
        return path.getLast();
    }

    /// Whether help was asked for.
    public boolean wantsHelp() {
        return help;
    }

    /// Whether only the program's version was asked for.
    boolean wantsVersion() {
        return version;
    }

    public List<String> arguments() {
        return arguments;
    }

    /// The argument at this place, empty when there is none.
    public String argument(int index) {
        return index < arguments.size() ? arguments.get(index) : "";
    }

    /// The arguments from this place on.
    public List<String> argumentsFrom(int index) {
        return arguments.subList(Math.min(index, arguments.size()), arguments.size());
    }

    /// Whether a flag was given, on the command line or by its environment variable.
    public boolean isSet(String name) {
        return given.containsKey(known(name));
    }

    public boolean flag(String name) {
        return text(name).equals("true");
    }

    public String text(String name) {
        var flag = known(name);
        var values = given.get(flag);
        return values == null || values.isEmpty() ? flag.fallback() : values.getLast();
    }

    public List<String> texts(String name) {
        return List.copyOf(given.getOrDefault(known(name), List.of()));
    }

    public long whole(String name) {
        var text = text(name);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    public double decimal(String name) {
        var text = text(name);
        return text.isEmpty() ? 0 : Double.parseDouble(text);
    }

    public Duration duration(String name) {
        var text = text(name);
        return text.isEmpty() ? Duration.ZERO : GoDuration.parse(text);
    }

    private Flag known(String name) {
        var flag = flags.get(name);
        if (flag == null) {
            throw new IllegalArgumentException("command " + verb().name() + " has no flag " + name);
        }
        return flag;
    }

    /// `key=value` arguments as labels; a bare key means `true`, as in ctr.
    public static Map<String, String> labels(List<String> arguments) {
        var labels = new LinkedHashMap<String, String>();
        for (var argument : arguments) {
            var equals = argument.indexOf('=');
            labels.put(
                    equals < 0 ? argument : argument.substring(0, equals),
                    equals < 0 ? "true" : argument.substring(equals + 1));
        }
        return labels;
    }

    /// Reads the words after the program's name. When they do not fit, what was read so far
    /// tells which help to show.
    static final class Reading {
        private final Map<String, String> environment;
        private final List<Verb<?>> path = new ArrayList<>();
        private final Map<Flag, List<String>> given = new LinkedHashMap<>();
        private List<String> rest;
        private boolean help;
        private boolean version;

        Reading(Verb<?> program, List<String> words, Map<String, String> environment) {
            this.environment = environment;
            rest = words;
            path.add(program);
        }

        Line line() {
            return new Line(path, given, rest, help, version);
        }

        Line read() {
            while (true) {
                var verb = path.getLast();
                flags(verb);
                if (help || version || !verb.isGroup() || rest.isEmpty()) {
                    break;
                }
                var word = rest.getFirst();
                if (word.equals("help") || word.equals("h")) {
                    help = true;
                    rest = rest.subList(1, rest.size());
                    continue;
                }
                var child = verb.child(word);
                if (child.isEmpty()) {
                    break;
                }
                path.add(child.get());
                rest = rest.subList(1, rest.size());
            }
            if (!help && !version) {
                complete();
            }
            return line();
        }

        private void flags(Verb<?> verb) {
            while (!rest.isEmpty()) {
                var word = rest.getFirst();
                if (word.length() < 2 || !word.startsWith("-")) {
                    return;
                }
                rest = rest.subList(1, rest.size());
                if (word.equals("--")) {
                    return;
                }
                flag(verb, word);
            }
        }

        private void flag(Verb<?> verb, String word) {
            var body = word.substring(word.startsWith("--") ? 2 : 1);
            var equals = body.indexOf('=');
            var name = equals < 0 ? body : body.substring(0, equals);
            if (name.isEmpty() || name.startsWith("-")) {
                throw UsageFailure.withHelp("bad flag syntax: " + word);
            }
            if (name.equals("help") || name.equals("h")) {
                help = true;
                return;
            }
            if (path.size() == 1 && (name.equals("version") || name.equals("v"))) {
                version = true;
                return;
            }
            var flag =
                    verb.flag(name).orElseThrow(() -> UsageFailure.withHelp("flag provided but not defined: -" + name));
            put(flag, name, value(flag, name, body, equals));
        }

        private String value(Flag flag, String name, String body, int equals) {
            if (equals >= 0) {
                return body.substring(equals + 1);
            }
            if (flag.kind() == Flag.Kind.SWITCH) {
                return "true";
            }
            if (rest.isEmpty()) {
                throw UsageFailure.withHelp("flag needs an argument: -" + name);
            }
            var value = rest.getFirst();
            rest = rest.subList(1, rest.size());
            return value;
        }

        private void put(Flag flag, String name, String value) {
            var clean = clean(flag, name, value);
            var values = given.computeIfAbsent(flag, _ -> new ArrayList<>());
            if (!flag.repeats()) {
                values.clear();
            }
            values.add(clean);
        }

        private static String clean(Flag flag, String name, String value) {
            try {
                switch (flag.kind()) {
                    case SWITCH -> {
                        return Boolean.toString(truth(value));
                    }
                    case WHOLE, WHOLES -> Long.parseLong(value);
                    case DECIMAL -> Double.parseDouble(value);
                    case DURATION -> GoDuration.parse(value);
                    case TEXT, TEXTS -> {}
                }
                return value;
            } catch (NumberFormatException | InvalidArgument e) {
                throw UsageFailure.withHelp("invalid value \"" + value + "\" for flag -" + name + ": "
                        + (e instanceof InvalidArgument ? e.getMessage() : "parse error"));
            }
        }

        private static boolean truth(String value) {
            return switch (value) {
                case "1", "t", "T", "true", "TRUE", "True" -> true;
                case "0", "f", "F", "false", "FALSE", "False" -> false;
                default -> throw new NumberFormatException();
            };
        }

        private void complete() {
            for (var verb : path) {
                for (var flag : verb.flags()) {
                    var variable = environment.getOrDefault(flag.variable(), "");
                    if (!variable.isEmpty() && !given.containsKey(flag)) {
                        put(flag, flag.name(), variable);
                    }
                    if (flag.required() && !given.containsKey(flag)) {
                        throw UsageFailure.of("Required flag \"" + flag.name() + "\" not set");
                    }
                }
            }
        }
    }
}
