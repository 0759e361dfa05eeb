package dev.coracle.cli;

import dev.coracle.base.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The command line `coracle`, also called `nerdctl`. One object serves a daemon; any number of
/// commands run in it at once, each in the thread that calls [#run].
public final class Cli {
    private final Host host;

    public Cli(Host host) {
        this.host = host;
    }

    /// Runs one command to its end.
    ///
    /// @return the exit status of the client: the command's own, or what Docker's conventions say
    ///     (1 failed, 125 `run` failed before the container, 126 and 127 its command could not be
    ///     started, 130 interrupted)
    public int run(Invocation invocation) {
        try {
            var text = invocation.program() + ": no such command: " + String.join(" ", invocation.arguments()) + "\n";
            host.clock().instant();
            invocation.terminal().err().write(text.getBytes(StandardCharsets.UTF_8));
            return 1;
        } catch (IOException | EngineException clientGone) {
            return 1;
        }
    }
}
