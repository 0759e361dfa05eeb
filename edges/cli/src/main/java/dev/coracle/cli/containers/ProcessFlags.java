package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.BadValue;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.engine.containers.ProcessOptions;
import dev.coracle.engine.containers.ProcessOptions.Entrypoint;
import java.io.IOException;
import java.util.List;

/// The flags about the container's process.
final class ProcessFlags {
    static final List<Flag> FLAGS = List.of(
            Flag.bool("interactive", "Keep stdin open").letter('i'),
            Flag.bool("tty", "Give the process a terminal").letter('t'),
            Flag.each("entrypoint", "What comes before the command, instead of the image's"),
            Flag.text("workdir", "Directory in the container").letter('w'),
            Flag.text("user", "User name or uid, with :group or :gid").letter('u'),
            Flag.list("group-add", "More groups of the process"),
            Flag.text("umask", "File mode creation mask, octal"),
            Flag.each("env", "Set an environment variable; a name alone takes the caller's value")
                    .letter('e')
                    .checked(ProcessFlags::checkVariable),
            Flag.list("env-file", "Read environment variables from a file"));

    private ProcessFlags() {}

    static void checkVariable(String variable) {
        if (variable.isEmpty() || variable.startsWith("=")) {
            throw new BadValue("invalid environment variable: " + variable);
        }
    }

    /// @param detached whether nobody will be attached to the process
    static ProcessOptions read(Session session, Line line, List<String> command, boolean detached) throws IOException {
        return new ProcessOptions(
                entrypoint(line),
                command,
                KeyValues.environment(session, line),
                line.text("user"),
                line.texts("group-add"),
                line.text("workdir"),
                line.is("tty"),
                line.is("interactive"),
                line.is("interactive") && !detached,
                line.text("umask"));
    }

    private static Entrypoint entrypoint(Line line) {
        if (!line.has("entrypoint")) {
            return new Entrypoint.Inherited();
        }
        var words = line.texts("entrypoint");
        return new Entrypoint.Of(words.equals(List.of("")) ? List.of() : words);
    }
}
