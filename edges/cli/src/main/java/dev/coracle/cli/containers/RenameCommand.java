package dev.coracle.cli.containers;

import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;

/// `rename`.
public final class RenameCommand {
    private RenameCommand() {}

    public static Command command() {
        return Command.of("rename", "CONTAINER NEW_NAME", "Rename a container")
                .takes(Arity.exactly(2))
                .does((session, line) -> {
                    session.engine().containers().rename(line.argument(0), line.argument(1));
                    return 0;
                });
    }
}
