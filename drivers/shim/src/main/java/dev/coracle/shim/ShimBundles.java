package dev.coracle.shim;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.Identifiers;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The directories of containers that have a shim. They lie beside those of the daemon's own
/// runtime, so that a container has one task only; the file `shim-binary-path` tells them apart.
final class ShimBundles {
    private static final String DIRECTORY = "io.containerd.runtime.v2.task";
    private static final String PROGRAM = "shim-binary-path";

    private static final Path CONTROLLERS = Path.of("/sys/fs/cgroup/cgroup.controllers");

    private final Path state;
    private final Path root;
    private final Mounter mounter;

    ShimBundles(Path state, Path root, Mounter mounter) {
        this.state = state.resolve(DIRECTORY);
        this.root = root.resolve(DIRECTORY);
        this.mounter = mounter;
    }

    Path of(String namespace, String id) {
        return state.resolve(Identifiers.require("namespace", namespace)).resolve(Identifiers.require("container", id));
    }

    /// Makes the directory with everything that a shim looks for in it.
    ///
    /// @throws AlreadyExists when the container has a task
    Path make(String namespace, String id, Path program, TypedBytes spec) throws IOException {
        var bundle = of(namespace, id);
        var work = root.resolve(namespace).resolve(id);
        Files.createDirectories(bundle.getParent());
        // whole under a name that is no container's, so that a later daemon sees all of it or nothing
        var beside = bundle.resolveSibling("." + id);
        removeTree(beside);
        Files.createDirectory(beside);
        Files.writeString(beside.resolve(PROGRAM), program.toString());
        Files.write(beside.resolve("config.json"), ShimSpec.bytes(spec, CONTROLLERS));
        Files.createDirectories(work);
        Files.createSymbolicLink(beside.resolve("work"), work);
        Files.createDirectory(beside.resolve("rootfs"));
        try (var directory = Directory.open(beside)) {
            directory.makeFifo(FileName.of("log"), 0600);
        }
        try {
            return Files.move(beside, bundle);
        } catch (FileAlreadyExistsException e) {
            removeTree(beside);
            throw new AlreadyExists("task " + id + " already exists", e);
        }
    }

    /// The shim's program, when this is a bundle of ours.
    static Optional<Path> program(Path bundle) throws IOException {
        try {
            return Optional.of(Path.of(Files.readString(bundle.resolve(PROGRAM)).strip()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// Unmounts what lies beneath and removes everything.
    void remove(String namespace, String id) throws IOException {
        var bundle = of(namespace, id);
        if (Files.exists(bundle)) {
            mounter.unmount(bundle.resolve("rootfs"));
        }
        removeTree(root.resolve(namespace).resolve(id));
        removeTree(bundle);
    }

    private static void removeTree(Path tree) throws IOException {
        if (!Files.exists(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var parent = Directory.open(tree.resolveSibling("."))) {
            parent.removeTree(FileName.of(tree.getFileName()));
        }
    }

    List<String> namespaces() throws IOException {
        return names(state);
    }

    /// The containers; what was only being prepared when a daemon ended is removed.
    List<String> ids(String namespace) throws IOException {
        var ids = new ArrayList<String>();
        for (var name : names(state.resolve(namespace))) {
            if (name.startsWith(".")) {
                removeTree(state.resolve(namespace).resolve(name));
            } else {
                ids.add(name);
            }
        }
        return ids;
    }

    private static List<String> names(Path directory) throws IOException {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        }
        return names;
    }
}
