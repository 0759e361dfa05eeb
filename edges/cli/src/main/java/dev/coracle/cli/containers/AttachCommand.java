package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;

/// `attach`: a running container's own process, seen again.
public final class AttachCommand {
    private AttachCommand() {}

    public static Command command() {
        return Command.of("attach", "CONTAINER", "Attach the standard streams to a running container")
                .flags(
                        Flag.text("detach-keys", "Keys that detach (default \"ctrl-p,ctrl-q\")"),
                        Flag.bool("no-stdin", "Do not attach stdin"),
                        Flag.bool("sig-proxy", "Pass signals to the process").fallback("true"))
                .takes(Arity.exactly(1))
                .does(AttachCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        var container = session.engine().containers().get(line.argument(0));
        var process = container.options().process();
        var attached = new Attached(
                process.tty(),
                process.stdinOpen() && !line.is("no-stdin"),
                true,
                true,
                false,
                line.is("sig-proxy"),
                line.text("detach-keys"));
        attached.requireTerminal(session);
        return attached.hold(session, options -> session.engine().containers().attach(container.id(), options));
    }
}
