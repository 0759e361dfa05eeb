package dev.coracle.integration.vm;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import dev.coracle.integration.Host;
import dev.coracle.integration.ImageFiles;
import dev.coracle.integration.Registry;
import dev.coracle.integration.Run;
import dev.coracle.integration.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What the machine finds below `/mnt/coracle`: the tree under test, the registry's content, files to type less.
final class SharedFolder {
    private static final String MODULES = "java.logging,java.management,java.naming,java.net.http,java.sql,"
            + "jdk.crypto.ec,jdk.unsupported,jdk.zipfs";

    private SharedFolder() {}

    static Path fill(Path folder) throws IOException, InterruptedException {
        var tree = folder.resolve("tree");
        copy(Host.tree(), tree);
        quicken(tree);
        try (var registry = new Registry(Files.createDirectories(folder.resolve("registry")))) {
            TestImages.push(registry, "library/ubuntu", "latest", ImageFiles.gzip(TestImages.busybox()), "/bin/sh");
            TestImages.push(
                    registry, "library/nginx", "alpine", Files.readAllBytes(TestImages.nginx()), TestImages.NGINX);
        }
        Files.writeString(folder.resolve("config.toml"), """
                version = 2
                root = "/home/%1$s/.local/share/containerd"
                state = "/run/user/%2$d/containerd"
                [grpc]
                  address = "/run/user/%2$d/containerd/containerd.sock"
                """.formatted(MachineImage.ACCOUNT, MachineImage.UID));
        // for a daemon in the host's network, which finds the registry on the loopback
        Files.writeString(folder.resolve("hosts.toml"), """
                server = "https://127.0.0.1"
                [host."https://127.0.0.1"]
                  capabilities = ["pull", "resolve"]
                  skip_verify = true
                """);
        Files.writeString(folder.resolve("limits.json"), limits());
        return folder;
    }

    /// An emulated processor takes its time: the programs get a small Java of their own and caches of what they load.
    private static void quicken(Path tree) throws IOException, InterruptedException {
        Run.of(
                        Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                        "--add-modules=" + MODULES,
                        "--strip-debug",
                        "--generate-cds-archive",
                        "--output=" + tree.resolve("runtime"))
                .within(Duration.ofMinutes(10))
                .output();
        Run.of(tree.resolve("libexec/record-cache").toString())
                .without("CORACLE_NO_CACHE")
                .within(Duration.ofMinutes(10))
                .output();
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
                    Files.copy(file, to.resolve(from.relativize(file).toString()), COPY_ATTRIBUTES);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
