package dev.coracle.cli.containers;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.engine.containers.RemoveOptions;

/// `rm`.
public final class RemoveCommand {
    private RemoveCommand() {}

    public static Command command() {
        return Command.of("rm", "CONTAINER [CONTAINER...]", "Remove one or more containers")
                .flags(
                        Flag.bool("force", "Kill a container that runs").letter('f'),
                        Flag.bool("volumes", "Remove its anonymous volumes, too")
                                .letter('v'))
                .takes(Arity.atLeast(1))
                .does(RemoveCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        var options = new RemoveOptions(line.is("force"), line.is("volumes"));
        return session.together(line.arguments(), name -> {
            try {
                session.engine().containers().remove(name, options);
            } catch (NotFound missing) {
                if (!options.force()) {
                    throw missing;
                }
                session.complain(missing);
                return "";
            }
            return name;
        });
    }
}
