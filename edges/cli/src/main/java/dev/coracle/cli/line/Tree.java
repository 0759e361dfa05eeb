package dev.coracle.cli.line;

import java.util.List;
import java.util.Optional;

/// All commands of a program: those of the first level, and groups of them by noun.
///
/// @param globals flags that every command takes
public record Tree(List<Group> groups, List<Command> commands, List<Flag> globals) {
    public Tree {
        groups = List.copyOf(groups);
        commands = List.copyOf(commands);
        globals = List.copyOf(globals);
    }

    /// The commands about one noun.
    public record Group(String name, List<String> aliases, String summary, List<Command> commands) {
        public Group {
            aliases = List.copyOf(aliases);
            commands = List.copyOf(commands);
        }

        boolean isCalled(String word) {
            return name.equals(word) || aliases.contains(word);
        }

        Optional<Command> command(String word) {
            return commands.stream().filter(command -> command.isCalled(word)).findFirst();
        }
    }

    Optional<Group> group(String word) {
        return groups.stream().filter(group -> group.isCalled(word)).findFirst();
    }

    Optional<Command> command(String word) {
        return commands.stream().filter(command -> command.isCalled(word)).findFirst();
    }
}
