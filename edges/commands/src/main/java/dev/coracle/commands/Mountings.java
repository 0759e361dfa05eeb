package dev.coracle.commands;

import dev.coracle.core.mounts.Mounter;
import dev.coracle.mounts.LinuxMounter;
import dev.coracle.processes.Spawner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Makes the mounter, which only some commands need.
final class Mountings {
    private Mountings() {}

    /// A mounter that finds fuse-overlayfs in the given search path.
    static Mounter mounter(Spawner spawner, String searchPath) {
        var program = Arrays.stream(searchPath.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "fuse-overlayfs"))
                .filter(Files::isExecutable)
                .findFirst();
        return new LinuxMounter(spawner, program);
    }
}
