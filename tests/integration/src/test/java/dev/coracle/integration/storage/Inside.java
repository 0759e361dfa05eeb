package dev.coracle.integration.storage;

import dev.coracle.core.mounts.Mounter;
import dev.coracle.mounts.LinuxMounter;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/// What the tests inside the user namespace share.
final class Inside {
    private static final Mounter MOUNTER = open();

    private Inside() {}

    static Mounter mounter() {
        return MOUNTER;
    }

    private static Mounter open() {
        try {
            return new LinuxMounter(Spawner.open(), Optional.of(Path.of("/usr/bin/fuse-overlayfs")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
