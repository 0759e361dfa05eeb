package dev.coracle.cli.containers;

import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;

/// `container healthcheck`: one check now.
public final class HealthCommand {
    private HealthCommand() {}

    public static Command command() {
        return Command.of("healthcheck", "CONTAINER", "Run the health check of a container now")
                .takes(Arity.exactly(1))
                .does((session, line) -> {
                    var state = session.engine().containers().checkHealth(line.argument(0));
                    session.out().line(state);
                    return state.equals("unhealthy") ? 1 : 0;
                });
    }
}
