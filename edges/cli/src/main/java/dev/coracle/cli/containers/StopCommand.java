package dev.coracle.cli.containers;

import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.engine.containers.StopOptions;
import java.time.Duration;

/// `stop` and `restart`.
public final class StopCommand {
    private StopCommand() {}

    public static Command command() {
        return with(Command.of("stop", "CONTAINER [CONTAINER...]", "Stop one or more running containers"))
                .does((session, line) -> session.together(line.arguments(), name -> {
                    session.engine().containers().stop(name, options(line));
                    return name;
                }));
    }

    public static Command restart() {
        return with(Command.of("restart", "CONTAINER [CONTAINER...]", "Restart one or more containers"))
                .does((session, line) -> session.together(line.arguments(), name -> {
                    session.engine().containers().restart(name, options(line));
                    return name;
                }));
    }

    private static Command with(Command command) {
        return command.flags(
                        Flag.text("signal", "Signal to send").letter('s'),
                        Flag.whole("timeout", "Seconds to wait before it is killed; -1: forever")
                                .letter('t')
                                .alias("time"))
                .takes(Arity.atLeast(1));
    }

    private static StopOptions options(Line line) {
        if (!line.has("timeout")) {
            return new StopOptions(line.text("signal"), StopOptions.DEFAULT.timeout());
        }
        var seconds = line.whole("timeout");
        return new StopOptions(line.text("signal"), seconds < 0 ? Duration.ofDays(365) : Duration.ofSeconds(seconds));
    }
}
