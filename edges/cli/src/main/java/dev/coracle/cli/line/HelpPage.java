package dev.coracle.cli.line;

import java.util.List;

/// Help texts in docker's layout.
final class HelpPage {
    private HelpPage() {}

    static String program(Tree tree, String program) {
        return "Usage:  " + program + " [OPTIONS] COMMAND\n\nContainers without root, in the language of docker and"
                + " nerdctl\n\nCommands:\n" + commands(tree.commands()) + "\nManagement commands:\n"
                + rows(tree.groups().stream()
                        .map(group -> new String[] {group.name(), group.summary()})
                        .toList())
                + "\nGlobal options:\n" + flags(tree.globals())
                + "\nRun '" + program + " COMMAND --help' for more information on a command.\n";
    }

    static String group(Tree.Group group, String program) {
        return "Usage:  " + program + " " + group.name() + " COMMAND\n\n" + group.summary() + "\n\n"
                + aliases(group.aliases()) + "Commands:\n" + commands(group.commands()) + "\nRun '" + program + " "
                + group.name() + " COMMAND --help' for more information on a command.\n";
    }

    static String command(Command command, String program, String path) {
        var text = "Usage:  " + command.usage(program, path) + "\n\n" + command.summary() + "\n\n"
                + aliases(command.aliases());
        return command.flags().isEmpty() ? text.stripTrailing() + "\n" : text + "Options:\n" + flags(command.flags());
    }

    private static String aliases(List<String> aliases) {
        return aliases.isEmpty() ? "" : "Aliases:\n  " + String.join(", ", aliases) + "\n\n";
    }

    private static String commands(List<Command> commands) {
        return rows(commands.stream()
                .filter(Command::isShown)
                .map(command -> new String[] {command.name(), command.summary()})
                .toList());
    }

    private static String flags(List<Flag> flags) {
        return rows(flags.stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .map(flag -> new String[] {left(flag), flag.help() + fallback(flag)})
                .toList());
    }

    private static String left(Flag flag) {
        var letter = flag.hasLetter() ? "-" + flag.letter() + ", " : "    ";
        return (letter + "--" + flag.name() + " " + flag.kind().word()).stripTrailing();
    }

    private static String fallback(Flag flag) {
        return switch (flag.fallback()) {
            case "", "0", "false", "0s" -> "";
            default ->
                flag.kind() == Kind.TEXT
                        ? " (default \"" + flag.fallback() + "\")"
                        : " (default " + flag.fallback() + ")";
        };
    }

    private static String rows(List<String[]> rows) {
        var width = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        var out = new StringBuilder();
        rows.forEach(row -> out.append("  ")
                .append(row[0])
                .append(" ".repeat(width - row[0].length() + 3))
                .append(row[1])
                .append('\n'));
        return out.toString();
    }
}
