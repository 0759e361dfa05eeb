package dev.coracle.layers;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.linux.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Trees to work in. A plain bind mount is its own source and needs no mounting. Anything else
/// is mounted at a temporary place, opened, and at once taken out of sight again: the kernel
/// keeps it for as long as it is open, so that not even a killed daemon leaves a mount behind.
final class MountedTrees {
    /// An open tree.
    record Tree(Directory directory) implements AutoCloseable {
        @Override
        public void close() {
            directory.close();
        }
    }

    private static final String PREFIX = "tree-";

    private final Mounter mounter;
    private final Path temporary;

    MountedTrees(Mounter mounter, Path temporary) {
        this.mounter = mounter;
        this.temporary = temporary;
    }

    /// Takes away what a daemon that was killed between mounting and opening has left.
    void sweep() throws IOException {
        if (!Files.isDirectory(temporary)) {
            return;
        }
        try (var left = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (var tree : left) {
                mounter.unmount(tree);
                Files.deleteIfExists(tree);
            }
        }
    }

    Tree open(List<Mount> mounts) throws IOException {
        if (isPlainBind(mounts)) {
            return new Tree(Directory.open(Path.of(mounts.getFirst().source())));
        }
        Files.createDirectories(temporary);
        var target = Files.createTempDirectory(temporary, PREFIX);
        try {
            mounter.mount(mounts, target);
            try {
                return new Tree(Directory.open(target));
            } finally {
                mounter.unmount(target);
            }
        } finally {
            Files.delete(target);
        }
    }

    static boolean isPlainBind(List<Mount> mounts) {
        return mounts.size() == 1
                && mounts.getFirst().target().isEmpty()
                && mounts.getFirst().type().equals("bind");
    }
}
