package dev.coracle.cli.line;

import dev.coracle.cli.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A command: how it is called, and what it does.
///
/// @param synopsis its arguments, `[OPTIONS] CONTAINER [CONTAINER...]`
/// @param mixed whether flags may come after the first argument
public record Command(
        String name,
        List<String> aliases,
        String synopsis,
        String summary,
        List<Flag> flags,
        Arity arity,
        boolean mixed,
        Body body) {
    public Command {
        aliases = List.copyOf(aliases);
        flags = List.copyOf(flags);
    }

    /// What a command does.
    @FunctionalInterface
    public interface Body {
        /// @return the exit status
        int run(Session session, Line line) throws IOException, InterruptedException;
    }

    /// Begins a command that takes no arguments and does nothing yet.
    public static Command of(String name, String synopsis, String summary) {
        return new Command(name, List.of(), synopsis, summary, List.of(), Arity.NONE, true, (_, _) -> 0);
    }

    public Command alias(String... names) {
        return new Command(name, List.of(names), synopsis, summary, flags, arity, mixed, body);
    }

    public Command flags(Flag... more) {
        return flags(List.of(more));
    }

    public Command flags(List<Flag> more) {
        var all = Stream.concat(flags.stream(), more.stream()).toList();
        return new Command(name, aliases, synopsis, summary, all, arity, mixed, body);
    }

    public Command takes(Arity newArity) {
        return new Command(name, aliases, synopsis, summary, flags, newArity, mixed, body);
    }

    /// What follows the first argument belongs to the container.
    public Command stopsAtArgument() {
        return new Command(name, aliases, synopsis, summary, flags, arity, false, body);
    }

    public Command does(Body newBody) {
        return new Command(name, aliases, synopsis, summary, flags, arity, mixed, newBody);
    }

    /// The same command under another name.
    public Command named(String newName, String... newAliases) {
        return new Command(newName, List.of(newAliases), synopsis, summary, flags, arity, mixed, body);
    }

    /// Whether help and completion know it.
    boolean isShown() {
        return !name.startsWith("_");
    }

    boolean isCalled(String word) {
        return name.equals(word) || aliases.contains(word);
    }

    Optional<Flag> flag(String longName) {
        return flags.stream().filter(flag -> flag.isCalled(longName)).findFirst();
    }

    Optional<Flag> flag(char letter) {
        return flags.stream()
                .filter(flag -> flag.letter() == letter && flag.hasLetter())
                .findFirst();
    }

    String usage(String program, String path) {
        var words = new ArrayList<>(List.of(program, path));
        if (!flags.isEmpty()) {
            words.add("[OPTIONS]");
        }
        if (!synopsis.isEmpty()) {
            words.add(synopsis);
        }
        return String.join(" ", words);
    }
}
