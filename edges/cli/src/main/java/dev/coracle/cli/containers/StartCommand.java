package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.Refusals;
import dev.coracle.cli.line.UsageFailure;

/// `start`: containers that are there.
public final class StartCommand {
    private static final String CHECKPOINTS = "containers are not started from checkpoints by this engine";
    private static final Refusals REFUSED = Refusals.of(
            Refusals.refused(Flag.text("checkpoint", "Refused"), "", CHECKPOINTS),
            Refusals.refused(Flag.text("checkpoint-dir", "Refused"), "", CHECKPOINTS));

    private StartCommand() {}

    public static Command command() {
        return Command.of("start", "CONTAINER [CONTAINER...]", "Start one or more stopped containers")
                .flags(
                        Flag.bool("attach", "Attach stdout and stderr").letter('a'),
                        Flag.bool("interactive", "Attach stdin").letter('i'),
                        Flag.text("detach-keys", "Keys that detach (default \"ctrl-p,ctrl-q\")"))
                .flags(REFUSED.flags())
                .takes(Arity.atLeast(1))
                .does(StartCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        REFUSED.check(line);
        if (!line.is("attach") && !line.is("interactive")) {
            return session.together(line.arguments(), name -> {
                session.engine().containers().start(name);
                return name;
            });
        }
        if (line.arguments().size() > 1) {
            throw UsageFailure.of("you cannot start and attach multiple containers at once");
        }
        var container = session.engine().containers().get(line.argument(0));
        var process = container.options().process();
        var attached = new Attached(
                process.tty(),
                line.is("interactive") && process.stdinOpen(),
                true,
                true,
                false,
                true,
                line.text("detach-keys"));
        attached.requireTerminal(session);
        return attached.hold(session, options -> session.engine().containers().start(container.id(), options));
    }
}
