package dev.coracle.cli.containers;

import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;

/// `diff`: what a container has changed.
public final class DiffCommand {
    private DiffCommand() {}

    public static Command command() {
        return Command.of("diff", "CONTAINER", "Show changed files and directories of a container")
                .takes(Arity.exactly(1))
                .does((session, line) -> {
                    session.engine()
                            .containers()
                            .diff(line.argument(0))
                            .forEach(change -> session.out().line(change.kind() + " " + change.path()));
                    return 0;
                });
    }
}
