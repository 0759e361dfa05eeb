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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Layers by the program fuse-overlayfs. The type of its mounts is the one containerd's
/// snapshotter of that name uses, so that clients mount them by `mount.fuse3`.
public final class FuseOverlayDriver implements SnapshotterDriver {
    private static final String TYPE = "fuse3.fuse-overlayfs";
    private static final Path DEVICE = Path.of("/dev/fuse");

    /// Character device 10:229 (Documentation/admin-guide/devices.txt), as stat(2) packs the two.
    private static final long DEVICE_NUMBER = 10L << 8 | 229;

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
            return Files.getAttribute(DEVICE, "unix:rdev").equals(DEVICE_NUMBER)
                    ? Optional.empty()
                    : Optional.of(new Unusable(
                            DEVICE + " is not the FUSE device (character device 10:229)",
                            "make it: mknod -m 0666 /dev/fuse c 10 229 (as root)"));
        } catch (ErrnoException e) {
            return Optional.of(
                    e.is(Errno.ENOENT, Errno.ENODEV, Errno.ENXIO)
                            ? new Unusable(
                                    DEVICE + " does not exist: " + e.getMessage(),
                                    "load the kernel module: modprobe fuse (as root)")
                            : new Unusable(
                                    DEVICE + " cannot be opened: " + e.getMessage(),
                                    "let everybody use it, as the kernel intends: chmod 0666 /dev/fuse (as root)"));
        } catch (IOException e) {
            return Optional.of(new Unusable(DEVICE + " cannot be looked at: " + e.getMessage(), "check /dev/fuse"));
        }
    }

    @Override
    public SnapshotTrees open(Path root) {
        return new LayeredTrees(root, TYPE, List.of());
    }
}
