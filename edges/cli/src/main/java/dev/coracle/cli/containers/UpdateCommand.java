package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.RestartPolicy;
import dev.coracle.engine.containers.UpdateOptions;
import java.util.List;

/// `update`: limits and restart policy of containers that are there.
public final class UpdateCommand {
    private UpdateCommand() {}

    public static Command command() {
        return Command.of("update", "CONTAINER [CONTAINER...]", "Update the limits of one or more containers")
                .flags(LimitFlags.CHANGEABLE)
                .flags(Flag.text("restart", "Restart policy"), Flag.bytes("kernel-memory", "Refused"))
                .takes(Arity.atLeast(1))
                .does(UpdateCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        if (line.command().flags().stream().noneMatch(flag -> line.has(flag.name()))) {
            throw UsageFailure.of("you must provide one or more flags when using this command");
        }
        if (line.has("kernel-memory")) {
            throw UsageFailure.of("--kernel-memory: the kernel does not limit its own memory any more");
        }
        var restart =
                line.has("restart") ? List.of(RestartPolicy.parse(line.text("restart"))) : List.<RestartPolicy>of();
        var options = new UpdateOptions(LimitFlags.changeable(line), restart);
        return session.each(line.arguments(), name -> {
            session.engine().containers().update(name, options);
            return name;
        });
    }
}
