package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.engine.containers.CommitOptions;

/// `commit`: a container becomes an image.
public final class CommitCommand {
    private CommitCommand() {}

    public static Command command() {
        return Command.of(
                        "commit", "CONTAINER [REPOSITORY[:TAG]]", "Create a new image from the changes of a container")
                .flags(
                        Flag.text("author", "Author of the image").letter('a'),
                        Flag.text("message", "Message of the commit").letter('m'),
                        Flag.each("change", "Apply a Dockerfile instruction").letter('c'),
                        Flag.bool("pause", "Pause the container meanwhile")
                                .letter('p')
                                .fallback("true"))
                .takes(new Arity(1, 2))
                .does(CommitCommand::run);
    }

    private static int run(Session session, Line line) {
        var options = new CommitOptions(
                line.arguments().size() == 2 ? line.argument(1) : "",
                line.text("author"),
                line.text("message"),
                line.texts("change"),
                line.is("pause"));
        session.out().line(session.engine().containers().commit(line.argument(0), options));
        return 0;
    }
}
