package dev.coracle.cli.containers;

import dev.coracle.base.EngineException;
import dev.coracle.cli.Session;
import dev.coracle.cli.images.Pulls;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.ContainerOptions;
import dev.coracle.engine.containers.ImageUse.Pull;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What `run` and `create` have in common: the image is brought, the container made, its id kept.
final class Creation {
    private Creation() {}

    /// @return the container's id
    static String create(Session session, Line line, ContainerOptions options)
            throws IOException, InterruptedException {
        var file = session.path(line.text("cidfile"));
        var wanted = !line.text("cidfile").isEmpty();
        if (wanted) {
            reserve(file);
        }
        try {
            bring(session, line, options);
            var id = session.engine()
                    .containers()
                    .create(options, image -> announce(session, image))
                    .id();
            if (wanted) {
                Files.writeString(file, id);
            }
            return id;
        } catch (EngineException failure) {
            if (wanted) {
                Files.deleteIfExists(file);
            }
            throw RunFailure.before(failure);
        }
    }

    private static void reserve(Path file) throws IOException {
        try {
            Files.writeString(file, "", StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw UsageFailure.of(
                    "container ID file found, make sure the other container isn't running or delete " + file);
        }
    }

    private static void announce(Session session, String image) {
        session.err().line("Unable to find image '" + image + "' locally");
        session.err().flush();
    }

    private static void bring(Session session, Line line, ContainerOptions options) throws InterruptedException {
        var use = options.imageUse();
        if (use.rootfs() || use.pull() == Pull.NEVER) {
            return;
        }
        var found = session.engine().images().find(options.image());
        if (use.pull() == Pull.ALWAYS || found.isEmpty()) {
            if (use.pull() == Pull.MISSING) {
                announce(session, Pulls.reference(options.image()).familiar());
            }
            Pulls.pull(session, options.image(), use.platform(), line.is("quiet"), session.err());
        }
    }
}
