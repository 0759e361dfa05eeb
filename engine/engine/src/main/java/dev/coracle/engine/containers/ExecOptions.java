package dev.coracle.engine.containers;

import java.util.List;

/// A process that is added to a running container.
///
/// @param user empty: the container's
/// @param workdir empty: the container's
public record ExecOptions(
        List<String> command,
        List<String> env,
        String user,
        String workdir,
        boolean tty,
        boolean stdin,
        boolean privileged) {
    public ExecOptions {
        command = List.copyOf(command);
        env = List.copyOf(env);
    }
}
