package dev.coracle.integration.vm;

import dev.coracle.integration.Host;
import dev.coracle.integration.ImageFiles;
import dev.coracle.integration.Registry;
import dev.coracle.integration.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the machine finds below `/mnt/coracle`: the tree under test, the registry's content, files to type less.
final class SharedFolder {
    private SharedFolder() {}

    static Path fill(Path folder) throws IOException, InterruptedException {
        copy(Host.tree(), folder.resolve("tree"));
        try (var registry = new Registry(Files.createDirectories(folder.resolve("registry")))) {
            var tar = TestImages.busybox();
            var name = "library/ubuntu";
            var layer = registry.push(name, ImageFiles.LAYER, ImageFiles.gzip(tar));
            var config = registry.push(
                    name,
                    ImageFiles.CONFIG,
                    ImageFiles.config(TestImages.architecture(), "/bin/sh", ImageFiles.digest(tar)));
            registry.tag(name, "latest", ImageFiles.MANIFEST, ImageFiles.manifest(config, layer));
        }
        Files.writeString(folder.resolve("config.toml"), """
                version = 2
                root = "/home/%1$s/.local/share/containerd"
                state = "/run/user/%2$d/containerd"
                [grpc]
                  address = "/run/user/%2$d/containerd/containerd.sock"
                """.formatted(MachineImage.ACCOUNT, MachineImage.UID));
        Files.writeString(folder.resolve("limits.json"), limits());
        return folder;
    }

    /// A whole configuration for the runtime: `ctr run` has no flag for a number of processes.
    private static String limits() {
        return """
                {"ociVersion": "1.0.2",
                 "process": {"cwd": "/", "args": ["/bin/busybox", "sleep", "1000"],
                             "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}, "noNewPrivileges": true},
                 "root": {"path": "/home/%s/rootfs"},
                 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
                 "linux": {"cgroupsPath": "user.slice:foo:bar",
                           "resources": {"memory": {"limit": 67108864}, "pids": {"limit": 33}},
                           "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]}}
                """.formatted(MachineImage.ACCOUNT);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
