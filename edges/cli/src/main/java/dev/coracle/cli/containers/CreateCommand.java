package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import java.io.IOException;

/// `create`: a new container that is not started.
public final class CreateCommand {
    private CreateCommand() {}

    public static Command command() {
        return Command.of("create", "IMAGE [COMMAND] [ARG...]", "Create a new container")
                .flags(RunFlags.all())
                .takes(Arity.atLeast(1))
                .stopsAtArgument()
                .does(CreateCommand::run);
    }

    private static int run(Session session, Line line) throws IOException, InterruptedException {
        try {
            session.out().line(Creation.create(session, line, RunFlags.read(session, line, false)));
            return 0;
        } catch (RunFailure failure) {
            throw UsageFailure.of("Error: " + failure.text());
        }
    }
}
