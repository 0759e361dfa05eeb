package dev.coracle.engine.containers;

import java.util.List;

/// The container's process.
///
/// @param command empty: the image's
/// @param env `NAME=value`; a bare `NAME` takes the image's away
/// @param user `user[:group]`, by name or number; empty: the image's
/// @param addedGroups by name or number
/// @param workdir empty: the image's
/// @param stdinOpen whether stdin stays open without a client
/// @param stdinOnce whether stdin ends with the first client that was attached to it
/// @param umask octal, or empty
public record ProcessOptions(
        Entrypoint entrypoint,
        List<String> command,
        List<String> env,
        String user,
        List<String> addedGroups,
        String workdir,
        boolean tty,
        boolean stdinOpen,
        boolean stdinOnce,
        String umask) {
    public ProcessOptions {
        command = List.copyOf(command);
        env = List.copyOf(env);
        addedGroups = List.copyOf(addedGroups);
    }

    /// What comes before the command.
    public sealed interface Entrypoint {
        /// The image's.
        record Inherited() implements Entrypoint {}

        /// This one, perhaps empty; the image's command does not count then.
        record Of(List<String> words) implements Entrypoint {
            public Of {
                words = List.copyOf(words);
            }
        }
    }

    public static ProcessOptions of(List<String> command) {
        return new ProcessOptions(
                new Entrypoint.Inherited(), command, List.of(), "", List.of(), "", false, false, false, "");
    }
}
