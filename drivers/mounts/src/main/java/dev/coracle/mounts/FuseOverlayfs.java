package dev.coracle.mounts;

import dev.coracle.core.mounts.Mount;
import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The program fuse-overlayfs. It returns when the mount is there, and what stays behind it ends
/// with the mount: a container goes on when the daemon does not, and so must its file system.
final class FuseOverlayfs {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Spawner spawner;
    private final Path program;

    FuseOverlayfs(Spawner spawner, Path program) {
        this.spawner = spawner;
        this.program = program;
    }

    void mount(Mount mount, Path target) throws IOException, InterruptedException {
        spawner.run(Command.of(program, arguments(mount, target)), PATIENCE).orFail();
    }

    static List<String> arguments(Mount mount, Path target) {
        var arguments = new ArrayList<String>();
        for (var option : mount.options()) {
            arguments.add("-o");
            arguments.add(option);
        }
        arguments.add(target.toString());
        return List.copyOf(arguments);
    }
}
