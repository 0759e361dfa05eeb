package dev.coracle.cli.containers;

import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;

/// `pause` and `unpause`.
public final class PauseCommand {
    private PauseCommand() {}

    public static Command command() {
        return Command.of("pause", "CONTAINER [CONTAINER...]", "Pause all processes of containers")
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(line.arguments(), name -> {
                    session.engine().containers().pause(name);
                    return name;
                }));
    }

    public static Command unpause() {
        return Command.of("unpause", "CONTAINER [CONTAINER...]", "Let the processes of containers go on")
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(line.arguments(), name -> {
                    session.engine().containers().unpause(name);
                    return name;
                }));
    }
}
