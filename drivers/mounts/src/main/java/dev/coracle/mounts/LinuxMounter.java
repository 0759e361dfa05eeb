package dev.coracle.mounts;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.MountFlag;
import dev.coracle.linux.MountInfo;
import dev.coracle.linux.Mounts;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.RootedPath;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Mounts by the kernel, and those of the types `fuse.` and `fuse3.` by fuse-overlayfs.
public final class LinuxMounter implements Mounter {
    /// The kernel copies a page of data, the terminating zero included.
    private static final int MOST_DATA = 4095;

    private static final List<String> FUSE_TYPES = List.of("fuse3.fuse-overlayfs", "fuse.fuse-overlayfs");

    private final Optional<FuseOverlayfs> fuseOverlayfs;

    /// @param fuseOverlayfs the program, when there is one
    public LinuxMounter(Spawner spawner, Optional<Path> fuseOverlayfs) {
        this.fuseOverlayfs = fuseOverlayfs.map(program -> new FuseOverlayfs(spawner, program));
    }

    @Override
    public void mount(List<Mount> mounts, Path root) {
        var mounted = new ArrayDeque<Path>();
        var complete = false;
        try {
            for (var mount : mounts) {
                mounted.push(reporting("mount " + mount.type() + " on " + root, () -> mount(mount, root)));
            }
            complete = true;
        } finally {
            if (!complete) {
                undo(mounted);
            }
        }
    }

    private static void undo(Deque<Path> mounted) {
        for (var target : mounted) {
            try {
                Mounts.unmount(target, true);
            } catch (ErrnoException _) {
                // the first failure is on its way to the caller, and a mount less is all that was wanted
            }
        }
    }

    /// @return the place where it was mounted
    private Path mount(Mount mount, Path root) throws IOException, InterruptedException {
        var target = target(mount, root);
        if (FUSE_TYPES.contains(mount.type())) {
            fuse(mount).mount(mount, target);
            return target;
        }
        if (mount.type().startsWith("fuse")) {
            throw new NotImplemented("mount type \"" + mount.type() + "\" is not known");
        }
        var options = MountOptions.parse(mount.options());
        if (mount.type().equals("bind") || options.has(MountFlag.BIND)) {
            bind(mount, options, target);
        } else {
            fileSystem(mount, options, target);
        }
        if (options.propagation().isPresent()) {
            settle(target, () -> Mounts.propagate(target, options.propagation().get()));
        }
        return target;
    }

    private FuseOverlayfs fuse(Mount mount) {
        return fuseOverlayfs.orElseThrow(() -> new FailedPrecondition(
                        "mount type \"" + mount.type() + "\" needs the program fuse-overlayfs, which was not found")
                .remedy("install the package fuse-overlayfs"));
    }

    /// The place of a mount, found without leaving the root.
    private static Path target(Mount mount, Path root) throws IOException {
        if (mount.target().isEmpty()) {
            return root.toRealPath();
        }
        try (var directory = Directory.open(root);
                var place = new RootedPath(directory, RootedPath.Escape.STAYS_INSIDE)
                        .open(FileName.of(mount.target()), Set.of(OpenFlag.PATH_ONLY), 0)) {
            return place.procPath().toRealPath();
        }
    }

    private static void bind(Mount mount, MountOptions options, Path target) throws IOException {
        if (!options.data().isEmpty()) {
            throw new InvalidArgument(
                    "a bind mount has no option \"" + options.data().getFirst() + "\"");
        }
        Mounts.bind(Path.of(mount.source()), target, options.has(MountFlag.RECURSIVE));
        var flags = EnumSet.noneOf(MountFlag.class);
        flags.addAll(options.flags());
        flags.removeAll(Set.of(MountFlag.BIND, MountFlag.RECURSIVE));
        if (!flags.isEmpty()) {
            settle(target, () -> {
                // inside a user namespace a flag that came with the mount must not be dropped
                flags.addAll(MountOptions.parse(current(target)).flags());
                Mounts.remountBind(target, flags);
            });
        }
    }

    private static List<String> current(Path target) throws IOException {
        return Mounts.list().reversed().stream()
                .filter(mount -> mount.target().equals(target.toString()))
                .findFirst()
                .map(MountInfo::options)
                .orElse(List.of());
    }

    private static void fileSystem(Mount mount, MountOptions options, Path target)
            throws IOException, InterruptedException {
        var data = options.joinedData();
        if (data.length() > MOST_DATA && mount.type().equals("overlay")) {
            var compact = OverlayOptions.compact(options.data())
                    .filter(shorter -> shorter.data().length() <= MOST_DATA)
                    .orElseThrow(() -> new InvalidArgument("the options of an overlay mount are " + data.length()
                            + " bytes long, of which the kernel takes " + MOST_DATA));
            Mounts.mountFrom(
                    compact.directory(), mount.source(), target, mount.type(), options.flags(), compact.data());
            return;
        }
        if (data.length() > MOST_DATA) {
            throw new InvalidArgument(
                    "mount options are " + data.length() + " bytes long, of which the kernel takes " + MOST_DATA);
        }
        Mounts.mount(mount.source(), target, mount.type(), options.flags(), data);
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /// The second step of a mount; when it fails the first is undone.
    private static void settle(Path target, Step step) throws IOException {
        var complete = false;
        try {
            step.run();
            complete = true;
        } finally {
            if (!complete) {
                Mounts.unmount(target, true);
            }
        }
    }

    @Override
    public void unmount(Path root) {
        reporting("unmount " + root, () -> {
            var place = place(root);
            if (place.isEmpty()) {
                return root;
            }
            for (var mount : Mounts.list().reversed()) {
                if (Path.of(mount.target()).startsWith(place.get())) {
                    unmount(mount);
                }
            }
            return root;
        });
    }

    /// The path as mountinfo has it. The mount point itself is not looked at: a FUSE mount whose
    /// program was killed answers every look with an error, and must go all the same.
    static Optional<Path> place(Path root) throws IOException {
        var absolute = root.toAbsolutePath();
        if (absolute.getParent() == null || absolute.getFileName() == null) {
            return Optional.of(absolute);
        }
        try {
            return Optional.of(absolute.getParent().toRealPath().resolve(absolute.getFileName()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static void unmount(MountInfo mount) throws ErrnoException {
        var target = Path.of(mount.target());
        try {
            Mounts.unmount(target, false);
        } catch (ErrnoException e) {
            if (e.is(Errno.EBUSY)) {
                Mounts.unmount(target, true);
            } else if (!e.is(Errno.EINVAL, Errno.ENOENT)) {
                throw e;
            }
        }
    }

    @FunctionalInterface
    private interface Work {
        Path run() throws IOException, InterruptedException;
    }

    /// The one place where failures of this room become those of the port.
    private static Path reporting(String attempt, Work work) {
        try {
            return work.run();
        } catch (EngineException e) {
            throw e.within(attempt);
        } catch (ErrnoException e) {
            throw failure(attempt + ": " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new NotFound(attempt + ": " + e.getMessage() + " does not exist", e);
        } catch (IOException e) {
            throw new Internal(attempt + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(attempt + ": interrupted", e);
        }
    }

    private static EngineException failure(String message, ErrnoException e) {
        return switch (e.errno()) {
            case EPERM, EACCES -> new PermissionDenied(message, e);
            case ENOENT -> new NotFound(message, e);
            case ENODEV -> new NotImplemented(message, e);
            case EINVAL, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG -> new InvalidArgument(message, e);
            case ENOSPC, ENOMEM -> new ResourceExhausted(message, e);
            default -> new Internal(message, e);
        };
    }
}
