package dev.coracle.runtime;

import dev.coracle.base.Identifiers;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the tasks' directories are: one per namespace and container below the state directory, and a twin below the
/// root directory for what a runtime wants to keep.
final class Bundles {
    private static final String DIRECTORY = "io.containerd.runtime.v2.task";

    private final Path state;
    private final Path root;
    private final Path runtimes;

    Bundles(Path state, Path root) {
        this.state = state.resolve(DIRECTORY);
        this.root = root.resolve(DIRECTORY);
        this.runtimes = state.resolve("runc");
    }

    Path of(String namespace, String id) {
        return state.resolve(Identifiers.require("namespace", namespace)).resolve(Identifiers.require("container", id));
    }

    /// Where an OCI runtime keeps its own state, unless the client says otherwise.
    Path runtimeRoot(String namespace) {
        return runtimes.resolve(namespace);
    }

    /// Makes the directory; fails when it exists.
    void make(String namespace, String id) throws IOException {
        var bundle = of(namespace, id);
        var work = root.resolve(namespace).resolve(id);
        Files.createDirectories(bundle.getParent());
        Files.createDirectory(bundle);
        Files.createDirectories(work);
        Files.createSymbolicLink(bundle.resolve("work"), work);
        Files.createDirectory(bundle.resolve("rootfs"));
    }

    /// Removes everything below, but never through a mount: what is mounted there belongs to others.
    void remove(String namespace, String id) throws IOException {
        var bundle = of(namespace, id);
        if (Files.exists(bundle)) {
            requireNoMounts(bundle);
        }
        // the bundle goes last: as long as it is there, a later daemon knows that there is something to remove
        for (var directory : List.of(root.resolve(namespace).resolve(id), bundle)) {
            if (Files.exists(directory)) {
                removeTree(directory);
            }
        }
    }

    private static void requireNoMounts(Path bundle) throws IOException {
        var real = bundle.toRealPath();
        for (var mount : Mounts.list()) {
            if (Path.of(mount.target()).startsWith(real)) {
                throw new IOException("remove " + bundle + ": " + mount.target() + " is still mounted");
            }
        }
    }

    static void removeTree(Path tree) throws IOException {
        try (var parent = Directory.open(tree.resolveSibling("."))) {
            parent.removeTree(FileName.of(tree.getFileName()));
        }
    }

    List<String> namespaces() throws IOException {
        return names(state);
    }

    /// The containers that have a task; a name with a dot before it is one that a shim is being prepared for.
    List<String> ids(String namespace) throws IOException {
        return names(state.resolve(namespace)).stream()
                .filter(name -> !name.startsWith("."))
                .toList();
    }

    static List<String> names(Path directory) throws IOException {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
        return names;
    }
}
