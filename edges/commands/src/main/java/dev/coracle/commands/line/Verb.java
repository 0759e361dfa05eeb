package dev.coracle.commands.line;

import java.util.List;
import java.util.Optional;

/// One command of a program: a group of others, or an action.
///
/// @param <P> what actions are given to work with
/// @param arguments how its arguments are shown in the help
public record Verb<P>(
        List<String> names,
        String usage,
        String arguments,
        String description,
        List<Flag> flags,
        List<Verb<P>> children,
        Action<P> action) {
    public Verb {
        names = List.copyOf(names);
        flags = List.copyOf(flags);
        children = List.copyOf(children);
    }

    /// What a command does; the result is the exit status.
    @FunctionalInterface
    public interface Action<P> {
        int run(Line line, P context) throws Exception;
    }

    /// A group; `names` are separated by spaces.
    public static <P> Verb<P> group(String names, String usage, List<Verb<P>> children) {
        return new Verb<>(List.of(names.split(" ")), usage, "", "", List.of(), children, (_, _) -> {
            throw new IllegalStateException("a group has no action");
        });
    }

    /// An action; `names` are separated by spaces.
    public static <P> Verb<P> of(String names, String usage, String arguments, List<Flag> flags, Action<P> action) {
        return new Verb<>(List.of(names.split(" ")), usage, arguments, "", flags, List.of(), action);
    }

    public String name() {
        return names.getFirst();
    }

    boolean isGroup() {
        return !children.isEmpty();
    }

    Optional<Verb<P>> child(String name) {
        return children.stream().filter(verb -> verb.names().contains(name)).findFirst();
    }

    Optional<Flag> flag(String name) {
        return flags.stream().filter(flag -> flag.names().contains(name)).findFirst();
    }
}
