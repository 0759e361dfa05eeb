package dev.coracle.integration.wire;

import static org.junit.jupiter.api.Assumptions.abort;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.coracle.containerd.api.types.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A root file system of busybox and the specifications of what runs in it.
final class Box {
    private static final String SPEC = "types.containerd.io/opencontainers/runtime-spec/1/";
    private static final List<String> TOOLS = List.of("sh", "cat", "echo", "sleep", "true", "stty", "kill");

    private final Path folder;

    private Box(Path folder) {
        this.folder = folder;
    }

    static Box make() throws IOException {
        var folder = Files.createTempDirectory("wire");
        var root = Files.createDirectories(folder.resolve("root"));
        for (var name : List.of("bin", "dev", "proc", "sys", "tmp")) {
            Files.createDirectory(root.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (var tool : TOOLS) {
            Files.createSymbolicLink(root.resolve("bin").resolve(tool), Path.of("busybox"));
        }
        return new Box(folder);
    }

    /// Whether containers can have control groups here, which is root's to give.
    static boolean hasControlGroups() {
        return Files.isWritable(Path.of("/sys/fs/cgroup"));
    }

    /// For what cannot be done without.
    static void needsControlGroups() {
        if (!hasControlGroups()) {
            abort("does not apply here: no control group is this account's. Start as root, or by"
                    + " systemd-run --user --scope --property=Delegate=yes");
        }
    }

    List<Mount> rootfs() {
        return List.of(Mount.newBuilder()
                .setType("bind")
                .setSource(folder.resolve("root").toString())
                .addOptions("rbind")
                .addOptions("rw")
                .build());
    }

    Any spec(String id, boolean terminal, String... command) {
        return any("Spec", """
                {"ociVersion": "1.0.2", "process": %s, "root": {"path": "rootfs"}, "hostname": "box",
                 "mounts": [
                  {"destination": "/proc", "type": "proc", "source": "proc"},
                  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                  {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
                   "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]}],
                 "linux": {"cgroupsPath": "%s", "namespaces": [
                  {"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}]}}
                """.formatted(process(terminal, command), hasControlGroups() ? "/wire/" + id : ""));
    }

    /// The same with a program of the client's that the runtime runs before the task is created.
    static Any hooked(Any spec, String script) {
        var hook = "{\"hooks\": {\"createRuntime\": [{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"%s\"]}]},"
                .formatted(script);
        return spec.toBuilder()
                .setValue(ByteString.copyFromUtf8(hook).concat(spec.getValue().substring(1)))
                .build();
    }

    static Any process(String... command) {
        return any("Process", process(false, command));
    }

    static Any resources(String json) {
        return any("LinuxResources", json);
    }

    private static Any any(String type, String json) {
        return Any.newBuilder()
                .setTypeUrl(SPEC + type)
                .setValue(ByteString.copyFromUtf8(json))
                .build();
    }

    private static String process(boolean terminal, String... command) {
        return """
                {"terminal": %s, "user": {"uid": 0, "gid": 0}, "args": [%s], "env": ["PATH=/bin", "TERM=dumb"],
                 "cwd": "/"}""".formatted(
                terminal, Stream.of(command).map(word -> "\"" + word + "\"").collect(Collectors.joining(", ")));
    }

    /// A named pipe of the client's.
    Path pipe(String name) throws IOException, InterruptedException {
        var pipe = folder.resolve(name);
        if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) {
            throw new IOException("make pipe " + pipe);
        }
        return pipe;
    }

    /// A pipe whose content nobody wants, with a reader.
    Path sink() throws IOException, InterruptedException {
        var pipe = pipe("sink");
        var _ = reader(pipe);
        return pipe;
    }

    /// The first line that comes out of a pipe.
    static FutureTask<String> firstLine(Path pipe) {
        return reading(pipe, () -> {
            try (var lines = Files.newBufferedReader(pipe)) {
                return lines.readLine();
            }
        });
    }

    /// What comes out of a pipe until its last writer has gone; to be begun before there is one.
    static FutureTask<String> reader(Path pipe) {
        return reading(pipe, () -> Files.readString(pipe, StandardCharsets.UTF_8));
    }

    private static FutureTask<String> reading(Path pipe, Callable<String> read) {
        var reading = new FutureTask<>(read);
        Thread.ofPlatform().daemon().name("reader-" + pipe.getFileName()).start(reading);
        return reading;
    }
}
