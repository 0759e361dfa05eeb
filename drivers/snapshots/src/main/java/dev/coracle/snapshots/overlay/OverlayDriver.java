package dev.coracle.snapshots.overlay;

import dev.coracle.base.EngineException;
import dev.coracle.base.Support;
import dev.coracle.base.Support.Unusable;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotterDriver;
import dev.coracle.linux.FileSystem;
import dev.coracle.snapshots.folder.Kernel;
import dev.coracle.snapshots.folder.SnapshotFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Layers by the kernel's overlayfs. Inside a user namespace, where the `trusted` attributes it
/// would keep its notes in are out of reach, it is told to use `user` ones.
public final class OverlayDriver implements SnapshotterDriver {
    private static final String TYPE = "overlay";
    private static final String REMEDY = "use the snapshotter fuse-overlayfs or native";

    private final Mounter mounter;

    public OverlayDriver(Mounter mounter) {
        this.mounter = mounter;
    }

    @Override
    public String name() {
        return "overlayfs";
    }

    @Override
    public Support probe(Path root) {
        return SnapshotFolder.reporting("try overlayfs", () -> {
            Files.createDirectories(root);
            var obstacle = obstacle(root);
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
            try {
                new TrialMount(mounter, TYPE, options()).run(root);
                return new Support.Usable(Set.of());
            } catch (EngineException e) {
                return new Unusable(e.message(), e.remedy().orElse(REMEDY));
            }
        });
    }

    /// What would make the mount fail with an error number that says nothing.
    private static Optional<Unusable> obstacle(Path root) throws IOException {
        var path = root.toAbsolutePath().toString();
        if (path.matches(".*[:,\\\\].*")) {
            return Optional.of(new Unusable(
                    "the path " + path + " has a colon, comma or backslash, which mount options cannot express",
                    "choose another root directory"));
        }
        if (Kernel.isInUserNamespace() && !Kernel.isAtLeast(5, 11)) {
            return Optional.of(new Unusable(
                    "kernel " + Kernel.release() + " has no overlayfs in user namespaces, which came with 5.11",
                    "use the snapshotter fuse-overlayfs, or native"));
        }
        var magic = FileSystem.of(root).magic();
        if (magic == FileSystem.OVERLAYFS) {
            return Optional.of(new Unusable(
                    path + " lies on an overlay file system, which cannot hold the upper directory of another",
                    "put the daemon's root on a volume or a tmpfs, or use the snapshotter native"));
        }
        if (magic == FileSystem.NFS) {
            return Optional.of(new Unusable(
                    path + " lies on NFS, which cannot hold the upper directory of an overlay",
                    "put the daemon's root on a local disk"));
        }
        return Optional.empty();
    }

    private static List<String> options() {
        return Kernel.isInUserNamespace() ? List.of("index=off", "userxattr") : List.of("index=off");
    }

    @Override
    public SnapshotTrees open(Path root) {
        return new LayeredTrees(root, TYPE, options());
    }
}
