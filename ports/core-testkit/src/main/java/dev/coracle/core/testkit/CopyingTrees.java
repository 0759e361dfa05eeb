package dev.coracle.core.testkit;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Snapshots as directories that begin as a copy of their parent; a mount is a bind of the
/// directory. Needs no privileges.
public final class CopyingTrees implements SnapshotTrees {
    private final Path root;

    public CopyingTrees(Path root) {
        this.root = root;
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where the files of a snapshot are.
    public Path directory(long id) {
        return root.resolve(Long.toString(id));
    }

    @Override
    public void create(long id, Kind kind, List<Long> parents) {
        remove(id);
        try {
            if (parents.isEmpty()) {
                Files.createDirectory(directory(id));
            } else {
                copy(directory(parents.getFirst()), directory(id));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    @Override
    public List<Mount> mounts(long id, Kind kind, List<Long> parents) {
        return List.of(new Mount("bind", directory(id).toString(), List.of("rbind", kind == Kind.VIEW ? "ro" : "rw")));
    }

    @Override
    public void commit(long id, List<Long> parents) {}

    @Override
    public Usage usage(long id, List<Long> parents) {
        try (var files = Files.walk(directory(id))) {
            var inodes = 0L;
            var bytes = 0L;
            for (var file : (Iterable<Path>) files::iterator) {
                inodes++;
                bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
            return new Usage(inodes, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void remove(long id) {
        try {
            if (Files.exists(directory(id))) {
                Files.walkFileTree(directory(id), new Remover());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }

    @Override
    public Set<Long> ids() {
        try (var entries = Files.list(root)) {
            return entries.map(entry -> Long.valueOf(entry.getFileName().toString()))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
