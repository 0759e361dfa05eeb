package dev.coracle.cli.line;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a command line comes to.
public sealed interface Call {
    /// A command is to run. Its line has the global flags, too.
    record Run(String path, Line line) implements Call {}

    /// A text is to be shown, with this exit status.
    record Show(String text, int status) implements Call {}

    /// Reads a whole command line.
    ///
    /// @throws UsageFailure when it is wrong
    static Call read(Tree tree, String program, List<String> words) {
        var at = 0;
        var root = Command.of("", "", "").flags(tree.globals()).takes(Arity.ANY);
        var before = new ArrayList<String>();
        while (at < words.size() && words.get(at).startsWith("-") && !isHelp(words.get(at))) {
            var next = Math.min(words.size(), at + (takesNext(root, words.get(at)) ? 2 : 1));
            before.addAll(global(program, root, words.subList(at, next)));
            at = next;
        }
        if (at >= words.size() || isHelp(words.get(at))) {
            return new Show(HelpPage.program(tree, program), 0);
        }
        var word = words.get(at);
        var rest = words.subList(at + 1, words.size());
        if (word.equals("help")) {
            return read(
                    tree,
                    program,
                    Stream.concat(rest.stream(), Stream.of("--help")).toList());
        }
        var command = tree.command(word);
        if (command.isPresent()) {
            return command(tree, program, command.get(), command.get().name(), before, rest);
        }
        var group = tree.group(word);
        if (group.isEmpty()) {
            throw UsageFailure.of(program + ": unknown command: " + program + " " + word + "\n\nRun '" + program
                    + " --help' for more information");
        }
        return group(tree, program, group.get(), before, rest);
    }

    /// A global flag in its long form, so that letters of the command do not get in its way.
    private static List<String> global(String program, Command root, List<String> words) {
        try {
            var line = LineParser.parse(program, root, "", words);
            return root.flags().stream()
                    .filter(flag -> line.has(flag.name()))
                    .map(flag -> "--" + flag.name() + "=" + line.text(flag.name()))
                    .toList();
        } catch (UsageFailure wrong) {
            throw UsageFailure.of(
                    wrong.text().lines().findFirst().orElse("") + "\n\nUsage:  " + program
                            + " [OPTIONS] COMMAND\n\nRun '" + program + " --help' for more information",
                    wrong.status());
        }
    }

    private static Call group(Tree tree, String program, Tree.Group group, List<String> before, List<String> rest) {
        if (rest.isEmpty() || isHelp(rest.getFirst())) {
            return new Show(HelpPage.group(group, program), 0);
        }
        var word = rest.getFirst();
        var command = group.command(word)
                .orElseThrow(() -> UsageFailure.of(
                        word.startsWith("-") && !word.equals("-")
                                ? "unknown flag: " + word + "\n\nUsage:  " + program + " " + group.name() + "\n\nRun '"
                                        + program + " " + group.name() + " --help' for more information"
                                : program + ": unknown command: " + program + " " + group.name() + " " + word
                                        + "\n\nUsage:  " + program + " " + group.name() + "\n\nRun '" + program + " "
                                        + group.name() + " --help' for more information"));
        return command(
                tree, program, command, group.name() + " " + command.name(), before, rest.subList(1, rest.size()));
    }

    private static Call command(
            Tree tree, String program, Command command, String path, List<String> before, List<String> rest) {
        if (LineParser.asksForHelp(command, rest)) {
            return new Show(HelpPage.command(command, program, path), 0);
        }
        var words = new ArrayList<String>(before);
        words.addAll(rest);
        return new Run(path, LineParser.parse(program, withGlobals(tree, command), path, words));
    }

    /// Global flags go by their long name after a command; its own flags win.
    private static Command withGlobals(Tree tree, Command command) {
        var more = tree.globals().stream()
                .filter(flag -> command.flag(flag.name()).isEmpty())
                .map(flag -> command.flag(flag.letter()).isPresent() ? flag.letter(' ') : flag)
                .toList();
        return command.flags(more);
    }

    private static boolean isHelp(String word) {
        return word.equals("--help") || word.equals("-h");
    }

    private static boolean takesNext(Command root, String word) {
        var flag = word.startsWith("--") ? root.flag(word.substring(2)) : root.flag(word.charAt(word.length() - 1));
        return !word.contains("=")
                && flag.map(Flag::kind).filter(kind -> kind != Kind.BOOL).isPresent();
    }
}
