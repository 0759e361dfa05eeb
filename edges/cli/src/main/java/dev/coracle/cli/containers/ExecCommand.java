package dev.coracle.cli.containers;

import dev.coracle.base.EngineException;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.engine.containers.ExecOptions;
import java.io.IOException;

/// `exec`: one more process in a running container.
public final class ExecCommand {
    private ExecCommand() {}

    public static Command command() {
        return Command.of("exec", "CONTAINER COMMAND [ARG...]", "Execute a command in a running container")
                .flags(
                        Flag.bool("detach", "Run in the background").letter('d'),
                        Flag.bool("interactive", "Keep stdin open").letter('i'),
                        Flag.bool("tty", "Give the process a terminal").letter('t'),
                        Flag.bool("privileged", "All capabilities that the account itself has"),
                        Flag.text("workdir", "Directory in the container").letter('w'),
                        Flag.text("user", "User name or uid, with :group or :gid")
                                .letter('u'),
                        Flag.text("detach-keys", "Keys that detach (default \"ctrl-p,ctrl-q\")"),
                        Flag.each("env", "Set an environment variable")
                                .letter('e')
                                .checked(ProcessFlags::checkVariable),
                        Flag.list("env-file", "Read environment variables from a file"))
                .takes(Arity.atLeast(2))
                .stopsAtArgument()
                .does(ExecCommand::run);
    }

    private static int run(Session session, Line line) throws IOException, InterruptedException {
        var options = new ExecOptions(
                line.argumentsFrom(1),
                KeyValues.environment(session, line),
                line.text("user"),
                line.text("workdir"),
                line.is("tty"),
                line.is("interactive"),
                line.is("privileged"));
        var container = session.engine().containers().get(line.argument(0)).id();
        try {
            if (line.is("detach")) {
                session.engine().containers().exec(container, options);
                return 0;
            }
            var attached = new Attached(
                    line.is("tty"), line.is("interactive"), true, true, false, true, line.text("detach-keys"));
            attached.requireTerminal(session);
            return attached.hold(
                    session, attach -> session.engine().containers().exec(container, options, attach));
        } catch (EngineException.NotFound | EngineException.PermissionDenied failure) {
            session.complain(failure);
            return RunFailure.status(failure);
        }
    }
}
