package dev.coracle.cli.containers;

import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;

/// `kill`.
public final class KillCommand {
    private KillCommand() {}

    public static Command command() {
        return Command.of("kill", "CONTAINER [CONTAINER...]", "Send a signal to running containers")
                .flags(Flag.text("signal", "Signal to send").letter('s').fallback("KILL"))
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(line.arguments(), name -> {
                    session.engine().containers().kill(name, line.text("signal"));
                    return name;
                }));
    }
}
