package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// `ctr run`: a container, its task, and everything until its end.
final class RunVerbs {
    private RunVerbs() {}

    static Verb<Session> verb() {
        var flags = new ArrayList<>(List.of(
                Flag.bool("rm", "Remove the container after it ran; not with --detach"),
                Flag.bool("null-io", "Connect standard streams to nothing"),
                Flag.text("log-uri", "Where output goes (file://, binary://)"),
                Flag.bool("detach d", "Leave the container running; not with --rm"),
                Flag.text("fifo-dir", "Directory for the pipes of standard streams"),
                Flag.text("dump-config", "File to write the OCI configuration to")));
        flags.addAll(RunFlags.run());
        return Verb.of("run", "Run a container", "[flags] Image|RootFS ID [COMMAND] [ARG...]", flags, RunVerbs::run);
    }

    private static int run(Line line, Session session) throws Exception {
        var id = NewContainer.id(line);
        var remove = line.flag("rm");
        if (remove && line.flag("detach")) {
            throw UsageFailure.of("flags --detach and --rm cannot be specified together");
        }
        var connection = session.connect(line);
        var container = new NewContainer(line, session, connection).create();
        try {
            if (line.isSet("dump-config")) {
                dump(line, session, Json.pretty(Containers.spec(container).json(), "  "));
            }
            write(line.text("cidfile"), id, session);
            return new TaskRun(line, session, connection, container).run(line.flag("detach"));
        } finally {
            if (remove) {
                remove(session, connection, id);
            }
        }
    }

    private static void remove(Session session, Connection connection, String id) {
        var _ = Thread.interrupted(); // Ctrl-C ended the container; what is left is removed all the same
        try {
            new Containers(connection).delete(id, false);
        } catch (NotFound gone) {
            // somebody else removed it
        } catch (EngineException e) {
            session.terminal().log("ERROR: failed to cleanup container: " + e.message());
        }
    }

    private static void dump(Line line, Session session, String text) throws IOException {
        if (line.text("dump-config").isEmpty()) {
            throw UsageFailure.of("file name is required with --dump-config");
        }
        Files.writeString(session.path(line.text("dump-config")), text);
    }

    /// Writes a small file at once or not at all; nothing when no file is named.
    static void write(String file, String text, Session session) throws IOException {
        if (file.isEmpty()) {
            return;
        }
        Path target = session.path(file).toAbsolutePath();
        var temporary = Files.createTempFile(target.getParent(), ".ctr", "");
        Files.writeString(temporary, text);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
