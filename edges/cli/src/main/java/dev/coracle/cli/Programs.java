package dev.coracle.cli;

import java.util.List;
import java.util.Map;

/// Starts the few programs that the command line needs: credential helpers.
public interface Programs {
    /// Runs a program to its end, found on the client's `PATH`.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when there is no such program
    /// @throws dev.coracle.base.EngineException.Internal when it could not be started or did not end
    ///     in time
    Ended run(List<String> command, byte[] input, Map<String, String> environment) throws InterruptedException;

    /// How a program ended, with everything it wrote.
    record Ended(int status, String output, String error) {}
}
