package dev.coracle.mounts;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.MountPlaces;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.Mounts;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.RootedPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// A folder for each holder, and in it an empty folder for each of its mounts. What is removed is only ever an empty
/// folder: a mount that stays cannot lose its content.
public final class MountFolders implements MountPlaces {
    private static final int OURS_ALONE = 0700;

    private final Path root;
    private final Path allowed;
    private final Mounter mounter;

    /// @param root exists
    /// @param allowed below which directories may be made
    public MountFolders(Path root, Path allowed, Mounter mounter) {
        this.root = root;
        this.allowed = allowed;
        this.mounter = mounter;
    }

    @Override
    public Path mount(String holder, Mount mount) {
        var folder = root.resolve(holder);
        var place = reporting("make a place for a mount of type " + mount.type(), () -> {
            try (var parent = Directory.open(root)) {
                if (parent.find(FileName.of(holder)).isEmpty()) {
                    parent.makeDirectory(FileName.of(holder), OURS_ALONE);
                }
            }
            try (var own = Directory.open(folder)) {
                var name = Integer.toString(own.list().size());
                own.makeDirectory(FileName.of(name), OURS_ALONE);
                return folder.resolve(name);
            }
        });
        mounter.mount(List.of(mount), place);
        return place;
    }

    @Override
    public void makeDirectory(Path directory, int permissions) {
        if (!directory.isAbsolute()
                || !directory.normalize().equals(directory)
                || !directory.startsWith(allowed)
                || directory.equals(allowed)) {
            throw new NotImplemented("make the directory " + directory + ": it is not below " + allowed);
        }
        reporting("make the directory " + directory, () -> {
            try (var base = Directory.open(allowed);
                    var parent = Directory.adopt(new RootedPath(base, RootedPath.Escape.IS_REFUSED)
                            .open(parentOf(directory), Set.of(OpenFlag.DIRECTORY), 0))) {
                var name = FileName.of(directory.getFileName());
                var found = parent.find(name);
                if (found.isEmpty()) {
                    parent.makeDirectory(name, permissions);
                    parent.changeMode(name, permissions);
                } else if (found.get().permissions() != permissions) {
                    throw new NotImplemented("change the permissions of the directory " + directory);
                }
            }
            return directory;
        });
    }

    private FileName parentOf(Path directory) {
        var parent = allowed.relativize(directory.getParent()).toString();
        return FileName.of(parent.isEmpty() ? "." : parent);
    }

    @Override
    public void release(String holder) {
        var folder = root.resolve(holder);
        reporting("give up the mounts below " + folder, () -> {
            try (var parent = Directory.open(root)) {
                if (parent.find(FileName.of(holder)).isEmpty()) {
                    return folder;
                }
                mounter.unmount(folder);
                try (var own = Directory.open(folder)) {
                    for (var place : own.list()) {
                        own.removeDirectory(place);
                    }
                }
                parent.removeDirectory(FileName.of(holder));
            }
            return folder;
        });
    }

    @Override
    public boolean isMounted(Path place) {
        return reporting("look for the mount " + place, () -> {
            var shown = LinuxMounter.place(place);
            return shown.isPresent()
                    && Mounts.list().stream()
                            .anyMatch(mount -> mount.target().equals(shown.get().toString()));
        });
    }

    @Override
    public List<String> holders() {
        return reporting("list " + root, () -> {
            try (var folders = Directory.open(root)) {
                return folders.entries(Set.of(FileStatus.Type.DIRECTORY)).stream()
                        .map(entry -> entry.name().toString())
                        .toList();
            }
        });
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T reporting(String what, Work<T> work) {
        try {
            return work.run();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBUSY || e.errno() == Errno.ENOENT) {
                throw new FailedPrecondition(what + ": " + e.getMessage(), e);
            }
            throw new dev.coracle.base.EngineException.Internal(what + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new dev.coracle.base.EngineException.Internal(what + ": " + e.getMessage(), e);
        }
    }
}
