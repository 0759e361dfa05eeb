package dev.coracle.cli.containers;

import dev.coracle.base.EngineException;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.Attachment;
import dev.coracle.engine.containers.Containers.WaitFor;
import dev.coracle.engine.containers.RemoveOptions;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// `run`: a new container, started, and looked at until it ends.
public final class RunCommand {
    private RunCommand() {}

    public static Command command() {
        return Command.of("run", "IMAGE [COMMAND] [ARG...]", "Create and run a new container from an image")
                .flags(RunFlags.all())
                .flags(
                        Flag.bool("detach", "Run in the background and print the container's id")
                                .letter('d'),
                        Flag.list("attach", "Attach to STDIN, STDOUT or STDERR").letter('a'),
                        Flag.bool("sig-proxy", "Pass signals to the process").fallback("true"),
                        Flag.text("detach-keys", "Keys that detach (default \"ctrl-p,ctrl-q\")"))
                .takes(Arity.atLeast(1))
                .stopsAtArgument()
                .does(RunCommand::run);
    }

    private static int run(Session session, Line line) throws IOException, InterruptedException {
        var attach = line.texts("attach").stream()
                .map(word -> word.toUpperCase(Locale.ROOT))
                .toList();
        if (!attach.isEmpty() && line.is("detach")) {
            throw UsageFailure.of("conflicting options: cannot specify both --attach and --detach");
        }
        var attached = attached(line, attach);
        if (!line.is("detach")) {
            attached.requireTerminal(session);
        }
        try {
            var created = Creation.create(session, line, RunFlags.read(session, line, line.is("detach")));
            return started(session, line, attached, created);
        } catch (UsageFailure wrong) {
            throw failed(session, wrong.text(), RunFailure.ENGINE);
        } catch (RunFailure failure) {
            throw failed(session, failure.text(), failure.status());
        } catch (EngineException failure) {
            throw failed(session, RunFailure.text(failure), RunFailure.status(failure));
        }
    }

    private static int started(Session session, Line line, Attached attached, String created)
            throws InterruptedException {
        var containers = session.engine().containers();
        try {
            if (line.is("detach")) {
                containers.start(created);
                session.out().line(created);
                return 0;
            }
            return switch (attached.end(session, options -> containers.start(created, options))) {
                case Attachment.End.Exited(var status) -> {
                    awaitRemoval(session, line, created);
                    yield status;
                }
                case Attachment.End.Detached() -> 0;
            };
        } catch (EngineException failure) {
            if (line.is("rm")) {
                discard(session, created);
            }
            throw failure;
        }
    }

    private static Attached attached(Line line, List<String> attach) {
        attach.stream()
                .filter(word -> !List.of("STDIN", "STDOUT", "STDERR").contains(word))
                .findFirst()
                .ifPresent(word -> {
                    throw UsageFailure.of(
                            "invalid argument \"" + word + "\" for \"-a, --attach\" flag: valid streams are STDIN,"
                                    + " STDOUT and STDERR",
                            RunFailure.ENGINE);
                });
        return new Attached(
                line.is("tty"),
                line.is("interactive") && (attach.isEmpty() || attach.contains("STDIN")),
                attach.isEmpty() || attach.contains("STDOUT"),
                attach.isEmpty() || attach.contains("STDERR"),
                false,
                line.is("sig-proxy"),
                line.text("detach-keys"));
    }

    /// With `--rm` the container is gone when the command returns.
    private static void awaitRemoval(Session session, Line line, String id) throws InterruptedException {
        if (!line.is("rm")) {
            return;
        }
        try {
            session.engine().containers().await(id, WaitFor.REMOVED);
        } catch (EngineException.NotFound gone) {
            // as it should be
        }
    }

    /// Removes what could not be started; what runs stays.
    private static void discard(Session session, String id) {
        try {
            session.engine().containers().remove(id, new RemoveOptions(false, true));
        } catch (EngineException notToBeRemoved) {
            // the engine was quicker, or it runs after all; what failed before is what counts
        }
    }

    private static UsageFailure failed(Session session, String text, int status) {
        var program = session.invocation().program();
        return UsageFailure.of(
                program + ": " + text + "\n\nRun '" + program + " run --help' for more information", status);
    }
}
