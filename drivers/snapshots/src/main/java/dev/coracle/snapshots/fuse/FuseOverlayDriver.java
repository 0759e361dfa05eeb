package dev.coracle.snapshots.fuse;

import dev.coracle.base.EngineException;
import dev.coracle.base.Support;
import dev.coracle.base.Support.Unusable;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotterDriver;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.OpenFlag;
import dev.coracle.snapshots.folder.Kernel;
import dev.coracle.snapshots.overlay.LayeredTrees;
import dev.coracle.snapshots.overlay.TrialMount;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Layers by the program fuse-overlayfs. The type of its mounts is the one containerd's
/// snapshotter of that name uses, so that clients mount them by `mount.fuse3`.
public final class FuseOverlayDriver implements SnapshotterDriver {
    private static final String TYPE = "fuse3.fuse-overlayfs";
    private static final Path DEVICE = Path.of("/dev/fuse");

    private final Mounter mounter;

    public FuseOverlayDriver(Mounter mounter) {
        this.mounter = mounter;
    }

    @Override
    public String name() {
        return "fuse-overlayfs";
    }

    @Override
    public Support probe(Path root) {
        var obstacle = obstacle();
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        try {
            new TrialMount(mounter, TYPE, List.of()).run(root);
            return new Support.Usable(Set.of());
        } catch (EngineException e) {
            return new Unusable(e.message(), e.remedy().orElse("use the snapshotter overlayfs or native"));
        }
    }

    private static Optional<Unusable> obstacle() {
        if (!Kernel.isAtLeast(4, 18)) {
            return Optional.of(new Unusable(
                    "kernel " + Kernel.release() + " has no FUSE in user namespaces, which came with 4.18",
                    "use the snapshotter native"));
        }
        try {
            Fd.open(DEVICE, Set.of(OpenFlag.READ_WRITE), 0).close();
            return Optional.empty();
        } catch (ErrnoException e) {
            return Optional.of(
                    e.is(Errno.ENOENT, Errno.ENODEV, Errno.ENXIO)
                            ? new Unusable(
                                    DEVICE + " does not exist: " + e.getMessage(),
                                    "load the kernel module: modprobe fuse (as root)")
                            : new Unusable(
                                    DEVICE + " cannot be opened: " + e.getMessage(),
                                    "let everybody use it, as the kernel intends: chmod 0666 /dev/fuse (as root)"));
        }
    }

    @Override
    public SnapshotTrees open(Path root) {
        return new LayeredTrees(root, TYPE, List.of());
    }
}
