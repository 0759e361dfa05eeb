package dev.coracle.integration.runtime;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Mounts;
import dev.coracle.processes.Spawner;
import dev.coracle.runtime.ConmonRuntime;
import dev.coracle.runtime.RuntimeSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A place to run containers in: a root file system of busybox, directories, and a runtime that can be dropped and
/// opened again as a daemon is.
final class Ground implements AutoCloseable {
    static final String NAMESPACE = "test";

    private static final List<String> TOOLS = List.of(
            "sh", "cat", "echo", "sleep", "id", "ls", "stty", "dd", "true", "false", "ps", "seq", "kill", "head", "wc",
            "trap", "tr", "yes", "date");

    private final Path directory;
    private final Path runc;
    final List<String> exits = Collections.synchronizedList(new ArrayList<>());
    private Spawner spawner;
    private ConmonRuntime runtime;

    private Ground(Path directory, Path runc) throws IOException {
        this.directory = directory;
        this.runc = runc;
        spawner = Spawner.open();
        runtime = open();
    }

    static Ground make(String runc) throws IOException {
        var directory = Files.createTempDirectory("coracle-runtime-");
        var image = Files.createDirectories(directory.resolve("image"));
        for (var name : List.of("bin", "dev", "etc", "proc", "sys", "tmp")) {
            Files.createDirectory(image.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), image.resolve("bin/busybox"));
        for (var tool : TOOLS) {
            Files.createSymbolicLink(image.resolve("bin").resolve(tool), Path.of("busybox"));
        }
        return new Ground(directory, program(runc));
    }

    /// The place of another process, which is gone.
    static Ground takeOver(Path directory, String runc) throws IOException {
        return new Ground(directory, program(runc));
    }

    static Path program(String name) {
        return List.of("/usr/bin", "/usr/sbin", "/usr/local/bin").stream()
                .map(path -> Path.of(path, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private ConmonRuntime open() throws IOException {
        var settings = new RuntimeSettings(
                directory.resolve("root"),
                directory.resolve("state"),
                Optional.of(program("conmon")),
                Optional.of(runc),
                List.of(Path.of("/usr/bin"), Path.of("/usr/sbin")),
                Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
        var opened = ConmonRuntime.open(settings, spawner, new BindMounter(), InstantSource.system());
        opened.recover((key, exit) -> exits.add(key.containerId() + "/" + key.execId() + "=" + exit.status()));
        return opened;
    }

    /// What is left of a daemon after it was killed is nothing in memory and everything on disk.
    void restart() throws IOException {
        runtime.close();
        spawner.close();
        spawner = Spawner.open();
        runtime = open();
    }

    TaskRuntime runtime() {
        return runtime;
    }

    Path directory() {
        return directory;
    }

    Path bundle(String id) {
        return directory
                .resolve("state/io.containerd.runtime.v2.task")
                .resolve(NAMESPACE)
                .resolve(id);
    }

    Path pipe(String name) throws IOException {
        try (var open = Directory.open(directory)) {
            open.makeFifo(FileName.of(name), 0600);
        }
        return directory.resolve(name);
    }

    static ProcessKey init(String id) {
        return ProcessKey.init(NAMESPACE, id);
    }

    CreateTask task(String id, Stdio stdio, String... command) {
        return limitedTask(id, stdio, "", "{}", command);
    }

    CreateTask limitedTask(String id, Stdio stdio, String cgroup, String resources, String... command) {
        var spec = """
                {"ociVersion": "1.0.2", "process": %s, "root": {"path": "rootfs"}, "hostname": "%s",
                 "mounts": [
                  {"destination": "/proc", "type": "proc", "source": "proc"},
                  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                  {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
                   "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]}],
                 "linux": {"cgroupsPath": "%s", "resources": %s, "namespaces": [
                  {"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "network"}]}}
                """.formatted(process(stdio.terminal(), command), id, cgroup, resources);
        return new CreateTask(
                id,
                ConmonRuntime.NAME,
                new TypedBytes(TypedBytes.RUNTIME_SPEC, spec.getBytes(StandardCharsets.UTF_8)),
                TypedBytes.NONE,
                List.of(new Mount("bind", directory.resolve("image").toString(), List.of("rbind"))),
                stdio);
    }

    static TypedBytes exec(boolean terminal, String... command) {
        return new TypedBytes(
                TypedBytes.RUNTIME_PROCESS, process(terminal, command).getBytes(StandardCharsets.UTF_8));
    }

    private static String process(boolean terminal, String... command) {
        var words = Arrays.stream(command)
                .map(word -> "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .collect(Collectors.joining(", "));
        return """
                {"terminal": %s, "user": {"uid": 0, "gid": 0}, "args": [%s], "env": ["PATH=/bin", "TERM=dumb"],
                 "cwd": "/"}""".formatted(terminal, words);
    }

    Exit runToEnd(String id, Stdio stdio, String... command) throws InterruptedException {
        runtime.create(NAMESPACE, task(id, stdio, command));
        runtime.start(init(id));
        return runtime.await(init(id));
    }

    /// Everything that could have been left behind: mounts, bundles, the runtime's own state.
    List<String> leftovers() throws IOException {
        var left = new ArrayList<String>();
        for (var mount : Mounts.list()) {
            if (mount.target().startsWith(directory.toString())) {
                left.add("mount " + mount.target());
            }
        }
        for (var below : List.of(
                "state/io.containerd.runtime.v2.task/" + NAMESPACE,
                "root/io.containerd.runtime.v2.task/" + NAMESPACE,
                "state/runc/" + NAMESPACE)) {
            if (Files.isDirectory(directory.resolve(below))) {
                try (var entries = Files.list(directory.resolve(below))) {
                    entries.forEach(entry -> left.add("directory " + entry));
                }
            }
        }
        return left;
    }

    @Override
    public void close() throws IOException {
        for (var state : runtime.list(NAMESPACE)) {
            var init = init(state.containerId());
            try {
                runtime.kill(init, 9, true);
            } catch (dev.coracle.base.EngineException.NotFound ended) {
                // as wished; whether the runtime knows it already is another question
            }
            try {
                runtime.await(init);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            runtime.delete(init);
        }
        var left = leftovers();
        runtime.close();
        spawner.close();
        if (!left.isEmpty()) {
            throw new AssertionError("left behind: " + left);
        }
        try (var parent = Directory.open(directory.resolveSibling("."))) {
            parent.removeTree(FileName.of(directory.getFileName()));
        }
    }

    /// As much of a mounter as these containers need.
    private static final class BindMounter implements Mounter {
        @Override
        public void mount(List<Mount> mounts, Path root) {
            try {
                for (var mount : mounts) {
                    Mounts.bind(Path.of(mount.source()), root, true);
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public void unmount(Path root) {
            try {
                for (var mount : Mounts.list().reversed()) {
                    if (Path.of(mount.target()).startsWith(root)) {
                        Mounts.unmount(Path.of(mount.target()), true);
                    }
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
