package dev.coracle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An engine for people, used by its command line: ours, or podman. Both work in folders of their own, without control
/// groups and on overlayfs.
final class Engine implements AutoCloseable {
    private final Program base;
    private final List<String> unlimited;
    private final Closing closing;

    /// How it is ended.
    private interface Closing {
        void close() throws IOException, InterruptedException;
    }

    private Engine(Program base, List<String> unlimited, Closing closing) {
        this.base = base;
        this.unlimited = unlimited;
        this.closing = closing;
    }

    /// Ours, started as `coracle start` does.
    static Engine coracle(Settings settings) throws IOException, InterruptedException {
        var home = Files.createTempDirectory(settings.home(), "coracle-bench-");
        var runtime = Files.createTempDirectory(settings.runtime(), "e");
        var client = Program.of(
                        settings, List.of(settings.tree().resolve("bin/coracle").toString()))
                .with("HOME", home.toString())
                .with("XDG_RUNTIME_DIR", runtime.toString())
                .with("CONTAINERD_SNAPSHOTTER", "overlayfs");
        client.and("start").milliseconds();
        return new Engine(client, List.of(), () -> {
            client.and("stop").milliseconds();
            remove(settings, home, runtime);
        });
    }

    /// podman inside namespaces that are there already, which spares it the entering that every command begins with.
    static Engine podman(Settings settings) throws IOException, InterruptedException {
        // podman refuses a longer path than 50 characters for its state
        var work = Files.createTempDirectory(settings.home(), "p");
        var keeper = Program.of(
                        settings,
                        List.of(
                                "podman",
                                "unshare",
                                "unshare",
                                "-C",
                                "-m",
                                "sh",
                                "-c",
                                Stack.ONE_CGROUP
                                        + "echo $$ >\"$1/pid.new\"; mv \"$1/pid.new\" \"$1/pid\"; exec sleep 100000",
                                "sh",
                                work.toString()))
                .start(work.resolve("log"));
        while (!Files.exists(work.resolve("pid"))) {
            if (!keeper.isAlive()) {
                throw new IOException("podman unshare: " + Files.readString(work.resolve("log")));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        var pid = Files.readString(work.resolve("pid")).strip();
        var account = Long.toString((Integer) Files.getAttribute(work, "unix:uid"));
        var client = Program.of(
                        settings,
                        List.of(
                                "nsenter",
                                "-U",
                                "-C",
                                "--preserve-credentials",
                                "-m",
                                "-t",
                                pid,
                                "podman",
                                "--root=" + work.resolve("root"),
                                "--runroot=" + work.resolve("run"),
                                "--storage-driver=overlay",
                                "--cgroup-manager=cgroupfs",
                                "--log-level=error"))
                .with("_CONTAINERS_USERNS_CONFIGURED", "done")
                .with("_CONTAINERS_ROOTLESS_UID", account)
                .with("_CONTAINERS_ROOTLESS_GID", account);
        return new Engine(client, List.of("--cgroups=disabled"), () -> {
            client.and("rm", "-f", "-t", "0", "-a").milliseconds();
            keeper.destroy();
            keeper.waitFor(10, TimeUnit.SECONDS);
            remove(settings, work);
        });
    }

    /// What belongs to other ids is removed by whoever may.
    static void remove(Settings settings, Path... folders) throws IOException, InterruptedException {
        for (var folder : folders) {
            Program.of(
                            settings,
                            List.of(
                                    "unshare",
                                    "--user",
                                    "--map-auto",
                                    "--map-root-user",
                                    "rm",
                                    "-rf",
                                    folder.toString()))
                    .milliseconds();
        }
    }

    Program command(String... words) {
        return base.and(words);
    }

    /// `run` or `create`, and what keeps the engine from limits that this machine cannot enforce.
    Program make(String verb, String... words) {
        return base.and(verb).and(unlimited.toArray(String[]::new)).and(words);
    }

    /// Ends containers and removes them.
    void end(List<String> names) throws IOException, InterruptedException {
        var all = names.toArray(String[]::new);
        command("kill").and(all).milliseconds();
        command("rm", "-f").and(all).milliseconds();
    }

    @Override
    public void close() throws IOException {
        try {
            closing.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
