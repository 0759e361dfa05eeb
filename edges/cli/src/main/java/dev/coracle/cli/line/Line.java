package dev.coracle.cli.line;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A command line that has been read: the values of flags, and the arguments.
public final class Line {
    private final Command command;
    private final Map<String, List<String>> values;
    private final List<String> arguments;

    Line(Command command, Map<String, List<String>> values, List<String> arguments) {
        this.command = command;
        this.values = new LinkedHashMap<>(values);
        this.arguments = List.copyOf(arguments);
    }

    public Command command() {
        return command;
    }

    public List<String> arguments() {
        return arguments;
    }

    /// The argument at this place, counted from 0.
    public String argument(int index) {
        return arguments.get(index);
    }

    /// The arguments from this place on.
    public List<String> argumentsFrom(int index) {
        return index >= arguments.size() ? List.of() : arguments.subList(index, arguments.size());
    }

    /// Whether the flag was given.
    public boolean has(String flag) {
        return values.containsKey(declared(flag).name());
    }

    private Flag declared(String name) {
        return command.flag(name)
                .orElseThrow(() -> new IllegalArgumentException(command.name() + " has no flag " + name));
    }

    /// The last value that was given, or the flag's fallback.
    public String text(String flag) {
        var given = values.getOrDefault(declared(flag).name(), List.of());
        return given.isEmpty() ? declared(flag).fallback() : given.getLast();
    }

    public boolean is(String flag) {
        return Values.bool(text(flag));
    }

    public long whole(String flag) {
        return Values.whole(text(flag));
    }

    public int number(String flag) {
        return Math.toIntExact(whole(flag));
    }

    public long nanos(String flag) {
        return Values.nanos(text(flag));
    }

    public long bytes(String flag) {
        return Values.bytes(text(flag));
    }

    public Duration duration(String flag) {
        return Values.duration(text(flag));
    }

    /// All values, in the order they were given.
    public List<String> texts(String flag) {
        var declared = declared(flag);
        var given = values.getOrDefault(declared.name(), List.of());
        if (declared.kind() != Kind.LIST) {
            return given;
        }
        var all = new ArrayList<String>();
        given.forEach(value -> all.addAll(Values.split(value)));
        return List.copyOf(all);
    }
}
