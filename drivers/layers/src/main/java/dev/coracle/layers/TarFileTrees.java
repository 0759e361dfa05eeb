package dev.coracle.layers;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.FileFailures;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.files.FileChange;
import dev.coracle.core.files.FileInfo;
import dev.coracle.core.files.FileTree;
import dev.coracle.core.files.FileTrees;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.layers.ChangeWriter.Place;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.RootedPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// Trees of files by the same means as layers: paths are resolved by the kernel below an open directory, archives are
/// read and written by the same code.
public final class TarFileTrees implements FileTrees {
    private static final int PIPE = 1 << 18;

    private final MountedTrees trees;
    private final LayerLimits limits;

    /// @param temporary a directory of ours beneath which trees are mounted while they are used
    public TarFileTrees(Mounter mounter, Path temporary, LayerLimits limits) {
        this.trees = new MountedTrees(mounter, temporary);
        this.limits = limits;
        io("sweep " + temporary, () -> {
            trees.sweep();
            return true;
        });
    }

    private MountedTrees.Tree open(FileTree tree) throws IOException {
        return switch (tree) {
            case FileTree.Mounted(var mounts) -> trees.open(mounts);
            case FileTree.At(var directory) -> new MountedTrees.Tree(Directory.open(directory));
        };
    }

    @Override
    public Optional<byte[]> read(FileTree tree, String path, int most) {
        return io("read " + path, () -> {
            try (var root = open(tree);
                    var file = rooted(root.directory()).open(relative(path), Set.of(OpenFlag.NON_BLOCKING), 0)) {
                if (file.status().type() != FileStatus.Type.FILE) {
                    return Optional.empty();
                }
                if (file.status().size() > most) {
                    throw new InvalidArgument("read " + path + ": it has more than " + most + " bytes");
                }
                return Optional.of(file.input().readNBytes(most));
            } catch (ErrnoException failure) {
                if (failure.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
                    return Optional.empty();
                }
                throw failure;
            }
        });
    }

    private static RootedPath rooted(Directory root) {
        return new RootedPath(root, RootedPath.Escape.STAYS_INSIDE);
    }

    private static FileName relative(String path) {
        var inner = path.replaceFirst("^/+", "");
        return inner.isEmpty() ? FileName.HERE : FileName.of(inner);
    }

    /// A name in an open directory; the root of a tree has none.
    private record Spot(Directory directory, Optional<FileName> name, FileStatus status) implements AutoCloseable {
        @Override
        public void close() {
            directory.close();
        }
    }

    private static Spot spot(Directory root, String path, boolean follow) throws IOException {
        var wanted = relative(path);
        if (wanted.equals(FileName.HERE) || wanted.segments().isEmpty()) {
            var directory = rooted(root).openDirectory(wanted);
            return new Spot(directory, Optional.empty(), directory.status());
        }
        if (path.endsWith("/") || path.endsWith("/.")) {
            return spot(root, path.replaceFirst("/+\\.?$", ""), true);
        }
        var parent = rooted(root).openParent(wanted);
        var opened = false;
        try {
            var name = RootedPath.last(wanted);
            var status = parent.status(name);
            if (follow && status.type() == FileStatus.Type.SYMLINK) {
                return behind(root, parent, wanted);
            }
            opened = true;
            return new Spot(parent, Optional.of(name), status);
        } finally {
            if (!opened) {
                parent.close();
            }
        }
    }

    /// What a link leads to, when that is a directory; a file keeps its own directory.
    private static Spot behind(Directory root, Directory parent, FileName link) throws IOException {
        var target = parent.readSymlink(RootedPath.last(link)).toString();
        var text = link.toString();
        var base = text.contains("/") ? text.substring(0, text.lastIndexOf('/')) : "";
        return spot(root, target.startsWith("/") ? target : base + "/" + target, false);
    }

    @Override
    public FileInfo stat(FileTree tree, String path, boolean follow) {
        return io("stat " + path, () -> {
            try (var root = open(tree);
                    var spot = spot(root.directory(), path, follow)) {
                return info(spot, path);
            }
        });
    }

    private static FileInfo info(Spot spot, String path) throws IOException {
        var status = spot.status();
        var link = status.type() == FileStatus.Type.SYMLINK
                ? spot.directory().readSymlink(spot.name().orElseThrow()).toString()
                : "";
        var last = Path.of(path.isEmpty() ? "/" : path).normalize().getFileName();
        return new FileInfo(
                last == null ? "/" : last.toString(),
                status.size(),
                status.permissions(),
                status.isDirectory(),
                status.modified(),
                link);
    }

    @Override
    public void archive(FileTree tree, String path, boolean follow, String as, OutputStream archive) {
        io("archive " + path, () -> {
            try (var root = open(tree);
                    var spot = spot(root.directory(), path, follow);
                    var tar = new TarWriter(archive)) {
                archive(spot, as.isEmpty() ? FileName.HERE : FileName.of(as), new ChangeWriter(tar, Optional.empty()));
                return true;
            }
        });
    }

    private static void archive(Spot spot, FileName as, ChangeWriter writer) throws IOException {
        if (spot.name().isEmpty()) {
            below(spot.directory(), as, writer);
            return;
        }
        var name = spot.name().get();
        writer.write(new Place(as, spot.directory(), name, spot.status()));
        if (spot.status().isDirectory()) {
            try (var directory = spot.directory().openDirectory(name)) {
                below(directory, as, writer);
            }
        }
    }

    private static void below(Directory directory, FileName path, ChangeWriter writer) throws IOException {
        for (var name : new TreeSet<>(directory.list())) {
            var status = directory.find(name);
            if (status.isEmpty()) {
                continue; // gone meanwhile
            }
            var place = new Place(EntryPath.below(path, name), directory, name, status.get());
            writer.write(place);
            if (status.get().isDirectory()) {
                try (var inner = directory.openDirectory(name)) {
                    below(inner, place.path(), writer);
                }
            }
        }
    }

    @Override
    public void extract(FileTree tree, String directory, InputStream archive, boolean keepOwners) {
        io("unpack into " + directory, () -> {
            try (var root = open(tree);
                    var target = rooted(root.directory()).openDirectory(relative(directory))) {
                unpack(target, archive, keepOwners ? UnaryOperator.identity() : TarFileTrees::ownedByRoot);
                return true;
            }
        });
    }

    private void unpack(Directory target, InputStream archive, UnaryOperator<TarEntry> as) throws IOException {
        try (var layer = new LayerTree(target, limits, as)) {
            layer.unpack(new TarReader(ByteChunks.of(archive)));
        }
    }

    private static TarEntry ownedByRoot(TarEntry entry) {
        return new TarEntry(
                entry.type(),
                entry.name(),
                entry.link(),
                new TarEntry.Owner(entry.owner().mode(), 0, 0),
                entry.size(),
                entry.modified(),
                entry.device(),
                entry.sparse(),
                entry.attributes());
    }

    @Override
    public void copy(FileTree from, String directory, Path to) {
        io("copy " + directory + " to " + to, () -> {
            try (var root = open(from)) {
                Directory source;
                try {
                    source = rooted(root.directory()).openDirectory(relative(directory));
                } catch (ErrnoException failure) {
                    if (failure.is(Errno.ENOENT, Errno.ENOTDIR)) {
                        return false;
                    }
                    throw failure;
                }
                try (source;
                        var target = Directory.open(to)) {
                    copy(source, target);
                }
                return true;
            }
        });
    }

    private void copy(Directory source, Directory target) throws IOException, InterruptedException {
        try (var group = TaskGroup.onPlatformThreads("copy");
                var input = new PipedInputStream(PIPE)) {
            var output = new PipedOutputStream(input);
            group.fork(() -> {
                try (output;
                        var tar = new TarWriter(output)) {
                    var spot = new Spot(source, Optional.empty(), source.status());
                    archive(spot, FileName.HERE, new ChangeWriter(tar, Optional.empty()));
                    return true;
                }
            });
            group.fork(() -> {
                unpack(target, input, UnaryOperator.identity());
                return true;
            });
            group.join();
            var status = source.status();
            target.changeOwner(status.owner(), status.group());
            target.changeMode(status.permissions());
        } catch (IOException | InterruptedException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("copy: " + failure.getMessage(), failure);
        }
    }

    @Override
    public long size(FileTree tree) {
        return io("measure", () -> {
            try (var root = open(tree)) {
                return size(root.directory());
            }
        });
    }

    private static long size(Directory directory) throws IOException {
        var bytes = 0L;
        for (var name : directory.list()) {
            var status = directory.find(name);
            if (status.isPresent() && status.get().isDirectory()) {
                try (var inner = directory.openDirectory(name)) {
                    bytes += size(inner);
                }
            } else if (status.isPresent()) {
                bytes += status.get().size();
            }
        }
        return bytes;
    }

    @Override
    public List<FileChange> changes(List<Mount> lower, List<Mount> upper) {
        return io("compare", () -> {
            try (var below = trees.open(lower);
                    var above = trees.open(upper)) {
                var found = new FoundChanges(below.directory());
                new TreeComparison(found, false).compare(below.directory(), above.directory());
                return found.changes();
            }
        });
    }

    @Override
    public void makeDirectory(Path directory) {
        io("make directory " + directory, () -> Files.createDirectories(directory));
    }

    @Override
    public void remove(Path directory) {
        io("remove " + directory, () -> {
            try (var parent = Directory.open(directory.resolveSibling("."))) {
                parent.removeTree(FileName.of(directory.getFileName()));
            } catch (ErrnoException failure) {
                if (!failure.is(Errno.ENOENT)) {
                    throw failure;
                }
            }
            return true;
        });
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /// The one place where failures of the machine become those of the port.
    private static <T> T io(String attempt, Work<T> work) {
        try {
            return work.run();
        } catch (TarException failure) {
            throw new InvalidArgument(attempt + ": " + failure.getMessage(), failure);
        } catch (ErrnoException failure) {
            throw failure(attempt, failure);
        } catch (IOException failure) {
            throw FileFailures.of(attempt, failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unavailable(attempt + ": interrupted", stop);
        }
    }

    private static EngineException failure(String attempt, ErrnoException failure) {
        var message = attempt + ": " + failure.getMessage();
        if (failure.is(Errno.ENOENT, Errno.ENOTDIR)) {
            return new NotFound(message, failure);
        }
        if (failure.is(Errno.ENOSPC, Errno.EDQUOT)) {
            return new ResourceExhausted(message, failure).remedy("free space on that file system and try again");
        }
        return new Internal(message, failure);
    }
}
