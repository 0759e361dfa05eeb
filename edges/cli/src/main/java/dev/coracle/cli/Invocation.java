package dev.coracle.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One run of the command line: what the client that was started by a person passed on.
///
/// @param program how the client was called, `coracle` or `nerdctl`; it appears in help and hints
/// @param arguments without the program's name
/// @param environment the client's variables, not the daemon's
/// @param directory the client's working directory, absolute
public record Invocation(
        String program, List<String> arguments, Map<String, String> environment, Path directory, Terminal terminal) {
    public Invocation {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /// A variable, empty when it is not set.
    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /// A path as the person wrote it, from their directory.
    public Path path(String text) {
        return directory.resolve(text).normalize();
    }
}
