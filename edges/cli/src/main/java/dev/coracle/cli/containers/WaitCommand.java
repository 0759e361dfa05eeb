package dev.coracle.cli.containers;

import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.engine.containers.Containers.WaitFor;

/// `wait`: prints exit statuses.
public final class WaitCommand {
    private WaitCommand() {}

    public static Command command() {
        return Command.of(
                        "wait",
                        "CONTAINER [CONTAINER...]",
                        "Wait until containers have ended, print their exit statuses")
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(
                        line.arguments(),
                        name -> Integer.toString(session.engine().containers().await(name, WaitFor.NOT_RUNNING))));
    }
}
