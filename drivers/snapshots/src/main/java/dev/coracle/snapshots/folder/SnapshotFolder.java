package dev.coracle.snapshots.folder;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.core.snapshots.Usage;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The folder `snapshots` beneath a driver's root, with one directory per number. A directory is
/// made under another name and renamed when it is whole, and renamed away before it is removed:
/// a number that is there is complete, whenever the daemon was killed.
public final class SnapshotFolder {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,18}|0");
    private static final String NEW = "new-";
    private static final String GONE = "gone-";

    private final Path snapshots;

    /// Opens the folder, making it when it is missing, and sweeps out what a killed daemon left
    /// half-made or half-removed.
    public SnapshotFolder(Path root) {
        this.snapshots = root.toAbsolutePath().resolve("snapshots");
        reporting("open snapshots in " + root, () -> {
            Files.createDirectories(
                    snapshots, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (var folder = Directory.open(snapshots)) {
                for (var name : folder.list()) {
                    if (name.toString().startsWith(NEW) || name.toString().startsWith(GONE)) {
                        folder.removeTree(name);
                    }
                }
            }
            return true;
        });
    }

    /// Fills a new directory, whose mode is 0700.
    @FunctionalInterface
    public interface Filling {
        void fill(Directory directory) throws IOException;
    }

    /// Makes the directory of a number, afresh when there is one.
    public void create(long id, Filling filling) {
        reporting("create snapshot " + id, () -> {
            var number = FileName.of(Long.toString(id));
            var fresh = FileName.of(NEW + id);
            try (var folder = Directory.open(snapshots)) {
                folder.removeTree(fresh);
                folder.makeDirectory(fresh, 0700);
                var complete = false;
                try {
                    try (var directory = folder.openDirectory(fresh)) {
                        filling.fill(directory);
                    }
                    remove(folder, id);
                    folder.rename(fresh, folder, number, Directory.Rename.REFUSE);
                    complete = true;
                } finally {
                    if (!complete) {
                        folder.removeTree(fresh);
                    }
                }
            }
            return true;
        });
    }

    /// Removes the directory of a number; a missing one is as good as removed.
    public void remove(long id) {
        reporting("remove snapshot " + id, () -> {
            try (var folder = Directory.open(snapshots)) {
                remove(folder, id);
            }
            return true;
        });
    }

    private static void remove(Directory folder, long id) throws ErrnoException {
        var gone = FileName.of(GONE + id);
        folder.removeTree(gone);
        try {
            folder.rename(FileName.of(Long.toString(id)), folder, gone, Directory.Rename.REFUSE);
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT)) {
                return;
            }
            throw e;
        }
        folder.removeTree(gone);
    }

    /// All numbers that have a directory.
    public Set<Long> ids() {
        return reporting("list snapshots", () -> {
            try (var folder = Directory.open(snapshots)) {
                return folder.list().stream()
                        .map(FileName::toString)
                        .filter(name -> NUMBER.matcher(name).matches())
                        .map(Long::valueOf)
                        .collect(Collectors.toUnmodifiableSet());
            }
        });
    }

    public Path path(long id) {
        return snapshots.resolve(Long.toString(id));
    }

    /// The disk taken by a directory and all beneath it.
    public Usage usage(Path directory) {
        return reporting("measure " + directory, () -> {
            try (var open = Directory.open(directory)) {
                return DiskUsage.of(open);
            }
        });
    }

    /// Something that may fail in the ways of files.
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /// The one place where failures of this room become those of the port.
    public static <T> T reporting(String attempt, Work<T> work) {
        try {
            return work.run();
        } catch (EngineException e) {
            throw e.within(attempt);
        } catch (ErrnoException e) {
            throw failure(attempt + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Internal(attempt + ": " + e.getMessage(), e);
        }
    }

    private static EngineException failure(String message, ErrnoException e) {
        return switch (e.errno()) {
            case ENOSPC, EDQUOT ->
                new ResourceExhausted(message, e)
                        .remedy("free space on the file system of the daemon's root, or give it a larger one");
            case EPERM, EACCES, EROFS -> new PermissionDenied(message, e);
            default -> new Internal(message, e);
        };
    }
}
