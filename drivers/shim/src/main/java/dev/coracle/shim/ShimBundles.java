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

/// The directories of containers and of sandboxes that have a shim. Those of containers lie beside
/// those of the daemon's own runtime, so that a container has one task only; the file
/// `shim-binary-path` tells them apart, and `sandbox` names the sandbox whose shim a task is in.
final class ShimBundles {
    private static final String TASKS = "io.containerd.runtime.v2.task";
    private static final String SANDBOXES = "io.containerd.sandbox.controller.v1.shim";
    private static final String PROGRAM = "shim-binary-path";
    private static final String SANDBOX = "sandbox";
    private static final String COMPLETE = "complete";

    private static final Path CONTROLLERS = Path.of("/sys/fs/cgroup/cgroup.controllers");

    private final String what;
    private final Path state;
    private final Path root;
    private final Mounter mounter;

    private ShimBundles(String what, String directory, ShimSettings settings, Mounter mounter) {
        this.what = what;
        this.state = settings.state().resolve(directory);
        this.root = settings.root().resolve(directory);
        this.mounter = mounter;
    }

    static ShimBundles ofTasks(ShimSettings settings, Mounter mounter) {
        return new ShimBundles("task", TASKS, settings, mounter);
    }

    static ShimBundles ofSandboxes(ShimSettings settings, Mounter mounter) {
        return new ShimBundles("sandbox", SANDBOXES, settings, mounter);
    }

    Path of(String namespace, String id) {
        return state.resolve(Identifiers.require("namespace", namespace)).resolve(Identifiers.require(what, id));
    }

    /// Makes the directory with everything that a shim looks for in it.
    ///
    /// @param spec none for a sandbox that has none
    /// @throws AlreadyExists when there is one with this id
    Path make(String namespace, String id, Path program, TypedBytes spec) throws IOException {
        var bundle = of(namespace, id);
        var work = root.resolve(namespace).resolve(id);
        Files.createDirectories(bundle.getParent());
        // whole under a name that is no container's, so that a later daemon sees all of it or nothing
        var beside = bundle.resolveSibling("." + id);
        removeTree(beside);
        try {
            Files.createDirectory(beside);
            fill(beside, work, program, spec);
            return Files.move(beside, bundle);
        } catch (FileAlreadyExistsException e) {
            removeTree(beside);
            throw new AlreadyExists(what + " " + id + " already exists", e);
        } catch (IOException e) {
            removeTree(beside);
            throw e;
        }
    }

    private static void fill(Path bundle, Path work, Path program, TypedBytes spec) throws IOException {
        Files.writeString(bundle.resolve(PROGRAM), program.toString());
        if (!spec.isNone()) {
            Files.write(bundle.resolve("config.json"), ShimSpec.bytes(spec, CONTROLLERS));
        }
        Files.createDirectories(work);
        Files.createSymbolicLink(bundle.resolve("work"), work);
        Files.createDirectory(bundle.resolve("rootfs"));
        try (var directory = Directory.open(bundle)) {
            directory.makeFifo(FileName.of("log"), 0600);
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

    /// Notes that the task is in the shim of a sandbox.
    static void enter(Path bundle, String sandbox) throws IOException {
        Files.writeString(bundle.resolve(SANDBOX), sandbox);
    }

    static boolean isInSandbox(Path bundle) {
        return Files.exists(bundle.resolve(SANDBOX));
    }

    /// Notes that the client has heard of what is in the bundle.
    static void complete(Path bundle) throws IOException {
        Files.createFile(bundle.resolve(COMPLETE));
    }

    static boolean isComplete(Path bundle) {
        return Files.exists(bundle.resolve(COMPLETE));
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
