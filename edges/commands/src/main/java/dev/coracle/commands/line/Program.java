package dev.coracle.commands.line;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A program with commands: reads its line, shows help, runs the command.
///
/// @param <P> what the commands are given to work with
public final class Program<P> {
    private final Verb<P> root;
    private final String version;

    /// @param version what `--version` prints
    public Program(Verb<P> root, String version) {
        this.root = root;
        this.version = version;
    }

    /// Runs the command of these words. A wrong line prints the help and throws.
    ///
    /// @param context what the command's action is given, made when the line is known to be right
    /// @return the exit status
    public int run(List<String> words, Map<String, String> environment, PrintStream out, Function<Line, P> context)
            throws Exception {
        var reading = new Line.Reading(root, words, environment);
        Line line;
        try {
            line = reading.read();
        } catch (UsageFailure failure) {
            if (failure.showsHelp()) {
                out.println("Incorrect Usage: " + failure.getMessage() + "\n");
                out.print(HelpPage.of(reading.line().path()));
            }
            throw failure;
        }
        if (line.wantsVersion()) {
            out.println(version);
            return 0;
        }
        return line.wantsHelp() ? help(line, out) : act(line, out, context);
    }

    private static int help(Line line, PrintStream out) {
        var path = new java.util.ArrayList<Verb<?>>(line.path());
        for (var word : line.arguments()) {
            var child = path.getLast().child(word);
            if (child.isEmpty()) {
                throw UsageFailure.noTopic(word);
            }
            path.add(child.get());
        }
        out.print(HelpPage.of(path));
        return 0;
    }

    /// The command again, with its type: the path began at our root.
    private Verb<P> chosen(Line line) {
        var verb = root;
        for (var step : line.path().subList(1, line.path().size())) {
            verb = verb.child(step.name()).orElseThrow();
        }
        return verb;
    }

    private int act(Line line, PrintStream out, Function<Line, P> context) throws Exception {
        if (!line.verb().isGroup()) {
            try {
                return chosen(line).action().run(line, context.apply(line));
            } catch (UsageFailure failure) {
                if (!failure.isAnsweredWithHelp()) {
                    throw failure;
                }
                out.print(HelpPage.of(line.path()));
                return 0;
            }
        }
        if (line.arguments().isEmpty()) {
            out.print(HelpPage.of(line.path()));
            return 0;
        }
        throw UsageFailure.noTopic(line.argument(0));
    }
}
