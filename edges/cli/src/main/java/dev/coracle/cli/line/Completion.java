package dev.coracle.cli.line;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Completion of words by shells. The scripts ask the program itself, by the hidden command
/// [#COMMAND], so that they never go out of date.
public final class Completion {
    /// Prints what the last of the words that follow may become, one a line.
    public static final String COMMAND = "__complete";

    private static final String BASH = """
        _%1$s_complete() {
            local IFS=$'\\n'
            COMPREPLY=($("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
            [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
        }
        complete -F _%1$s_complete %1$s
        """;
    private static final String ZSH = """
        #compdef %1$s
        _%1$s() {
            local -a found
            found=("${(@f)$(${words[1]} __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            if [[ -n "$found" ]]; then compadd -a found; else _files; fi
        }
        compdef _%1$s %1$s
        """;
    private static final String FISH = """
        function __%1$s_complete
            set -l words (commandline -opc) (commandline -ct)
            command $words[1] __complete -- $words[2..-1] 2>/dev/null
        end
        complete -c %1$s -a '(__%1$s_complete)'
        """;

    private Completion() {}

    /// The script for a shell.
    ///
    /// @throws UsageFailure for an unknown shell
    public static String script(String shell, String program) {
        var script = switch (shell) {
            case "bash" -> BASH;
            case "zsh" -> ZSH;
            case "fish" -> FISH;
            default -> throw UsageFailure.of("completion for \"" + shell + "\" is not known: bash, zsh or fish");
        };
        return script.replace("%1$s", program);
    }

    /// Names that an argument of a command may have.
    @FunctionalInterface
    public interface Names {
        /// @param path the command, `rm` or `network rm`
        List<String> of(String path);
    }

    /// What the last word may become.
    public static List<String> candidates(Tree tree, List<String> words, Names names) {
        var last = words.isEmpty() ? "" : words.getLast();
        var before = words.isEmpty() ? words : words.subList(0, words.size() - 1);
        var plain = before.stream().filter(word -> !word.startsWith("-")).toList();
        return all(tree, plain, last, names).stream()
                .filter(candidate -> candidate.startsWith(last))
                .sorted()
                .distinct()
                .toList();
    }

    private static List<String> all(Tree tree, List<String> plain, String last, Names names) {
        if (plain.isEmpty()) {
            return last.startsWith("-")
                    ? flags(tree.globals())
                    : Stream.concat(
                                    tree.commands().stream()
                                            .filter(Command::isShown)
                                            .map(Command::name),
                                    tree.groups().stream().map(Tree.Group::name))
                            .toList();
        }
        var command = tree.command(plain.getFirst());
        if (command.isPresent()) {
            return ofCommand(command.get(), command.get().name(), last, names);
        }
        var group = tree.group(plain.getFirst());
        if (group.isEmpty()) {
            return List.of();
        }
        if (plain.size() == 1) {
            return group.get().commands().stream().map(Command::name).toList();
        }
        return group.get()
                .command(plain.get(1))
                .map(found -> ofCommand(found, group.get().name() + " " + found.name(), last, names))
                .orElse(List.of());
    }

    private static List<String> ofCommand(Command command, String path, String last, Names names) {
        return last.startsWith("-") ? flags(command.flags()) : names.of(path);
    }

    private static List<String> flags(List<Flag> flags) {
        var all = new ArrayList<String>(List.of("--help"));
        flags.forEach(flag -> all.add("--" + flag.name()));
        return all;
    }
}
