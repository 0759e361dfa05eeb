package dev.coracle.snapshots.overlay;

import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.snapshots.folder.SnapshotFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Tries a way of mounting for real: two layers and an active snapshot upon them, a file read
/// from below, one written, one removed.
public final class TrialMount {
    private static final long BOTTOM = 1;
    private static final long MIDDLE = 2;
    private static final long TOP = 3;

    private final Mounter mounter;
    private final String type;
    private final List<String> options;

    public TrialMount(Mounter mounter, String type, List<String> options) {
        this.mounter = mounter;
        this.type = type;
        this.options = List.copyOf(options);
    }

    /// Runs the trial in a folder beneath the root, and removes all of it.
    ///
    /// @throws dev.coracle.base.EngineException with the reason when it does not work here
    public void run(Path root) {
        SnapshotFolder.reporting("try a mount of type " + type, () -> {
            Files.createDirectories(root);
            var place = Files.createTempDirectory(root, "trial-");
            try {
                run(new LayeredTrees(place, type, options), place);
            } finally {
                remove(place);
            }
            return true;
        });
    }

    private static void remove(Path place) throws IOException {
        var parent = place.getParent();
        if (parent != null) {
            try (var directory = Directory.open(parent)) {
                directory.removeTree(FileName.of(place.getFileName()));
            }
        }
    }

    private void run(LayeredTrees trees, Path place) throws IOException {
        trees.create(BOTTOM, Kind.ACTIVE, List.of());
        Files.writeString(source(trees, BOTTOM).resolve("below"), "below");
        trees.create(MIDDLE, Kind.ACTIVE, List.of(BOTTOM));
        var parents = List.of(MIDDLE, BOTTOM);
        trees.create(TOP, Kind.ACTIVE, parents);
        var target = Files.createDirectory(place.resolve("mounted"));
        mounter.mount(trees.mounts(TOP, Kind.ACTIVE, parents), target);
        try {
            var below = target.resolve("below");
            if (!Files.readString(below).equals("below")) {
                throw new IOException("a file of the lower layer reads differently through the mount");
            }
            Files.writeString(target.resolve("written"), "written");
            Files.delete(below);
            if (Files.exists(below)) {
                throw new IOException("a file of the lower layer cannot be removed through the mount");
            }
        } finally {
            mounter.unmount(target);
        }
    }

    private static Path source(LayeredTrees trees, long id) {
        return Path.of(trees.mounts(id, Kind.ACTIVE, List.of()).getFirst().source());
    }
}
