package dev.coracle.cli;

import dev.coracle.base.EngineException;
import dev.coracle.cli.line.Call;
import dev.coracle.cli.line.Tree;
import dev.coracle.cli.line.UsageFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;

/// The command line `coracle`, also called `nerdctl`. One object serves a daemon; any number of
/// commands run in it at once, each in the thread that calls [#run].
public final class Cli {
    private static final System.Logger LOG = System.getLogger(Cli.class.getName());
    private static final int INTERRUPTED = 130;

    private final Host host;
    private final Tree tree;

    public Cli(Host host) {
        this.host = host;
        this.tree = Commands.tree();
    }

    /// Runs one command to its end.
    ///
    /// @return the exit status of the client: the command's own, or what Docker's conventions say
    ///     (1 failed, 125 wrong use or `run` failed before the container, 126 and 127 its command
    ///     could not be started, 130 interrupted)
    public int run(Invocation invocation) {
        var out = new Output(invocation.terminal().out());
        var err = new Output(invocation.terminal().err());
        try {
            var status = guarded(invocation, out, err);
            out.flush();
            err.flush();
            return status;
        } catch (UncheckedIOException clientGone) {
            return 1;
        }
    }

    private int guarded(Invocation invocation, Output out, Output err) {
        try {
            return called(invocation, out, err);
        } catch (UsageFailure wrong) {
            out.flush();
            err.line(wrong.text());
            return wrong.status();
        } catch (EngineException failure) {
            out.flush();
            err.line("Error: " + failure.message());
            failure.remedy().ifPresent(remedy -> err.line("hint: " + remedy));
            return 1;
        } catch (InterruptedException | InterruptedIOException e) {
            return INTERRUPTED;
        } catch (IOException e) {
            out.flush();
            err.line("Error: " + ClientFiles.reason(e));
            return 1;
        } catch (UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "command=" + invocation.arguments().stream().findFirst().orElse(""),
                    e);
            out.flush();
            err.line("Error: internal: " + e.getClass().getSimpleName() + " (the daemon's log has the details)");
            return 1;
        }
    }

    private static void tellCauses(EngineException failure, Output err) {
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            err.line("debug: caused by " + cause);
        }
    }

    private int called(Invocation invocation, Output out, Output err) throws IOException, InterruptedException {
        return switch (Call.read(tree, invocation.program(), invocation.arguments())) {
            case Call.Show(var text, var status) -> {
                out.print(text);
                yield status;
            }
            case Call.Run(var _, var line) -> {
                var settings = Settings.read(invocation, line, host);
                try {
                    yield line.command().body().run(new Session(host, invocation, settings, out, err), line);
                } catch (EngineException failure) {
                    if (settings.debug()) {
                        tellCauses(failure, err);
                    }
                    throw failure;
                }
            }
        };
    }
}
