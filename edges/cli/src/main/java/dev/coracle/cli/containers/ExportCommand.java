package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.Terminal;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.view.FileOutput;
import java.io.IOException;

/// `export`: a container's files as an archive.
public final class ExportCommand {
    private ExportCommand() {}

    public static Command command() {
        return Command.of("export", "CONTAINER", "Export the file system of a container as a tar archive")
                .flags(Flag.text("output", "Write to a file, not to stdout").letter('o'))
                .takes(Arity.exactly(1))
                .does(ExportCommand::run);
    }

    private static int run(Session session, Line line) throws IOException, InterruptedException {
        if (line.text("output").isEmpty() && session.terminal().isTerminal(Terminal.Stream.OUT)) {
            throw UsageFailure.of("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }
        var container = session.engine().containers().get(line.argument(0)).id();
        FileOutput.write(
                session,
                line.text("output"),
                out -> session.engine().containers().export(container, out));
        return 0;
    }
}
