package dev.coracle.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A launcher with a daemon below it: ours or the distribution's.
final class Stack implements AutoCloseable {
    /// Control groups of version 1 and 2 mixed: crun wants to see version 2 alone.
    static final String ONE_CGROUP = "if [ -d /sys/fs/cgroup/unified ]; then umount -l /sys/fs/cgroup;"
            + " mount -t cgroup2 none /sys/fs/cgroup; fi; ";

    private final Settings settings;
    private final Path work;
    private final Path data;
    private final Process launcher;
    private final double startMilliseconds;

    /// Starts both and waits until the daemon answers.
    Stack(Settings settings, Path bin) throws IOException, InterruptedException {
        this(settings, bin, "");
    }

    /// One in which every namespace has to fetch its content for itself.
    static Stack isolated(Settings settings, Path bin) throws IOException, InterruptedException {
        return new Stack(settings, bin, """
                [plugins."io.containerd.metadata.v1.bolt"]
                  content_sharing_policy = "isolated"
                """);
    }

    private Stack(Settings settings, Path bin, String more) throws IOException, InterruptedException {
        this.settings = settings;
        this.work = Files.createTempDirectory(settings.runtime(), "b");
        this.data = Files.createTempDirectory(settings.home(), "coracle-bench-");
        Files.writeString(
                work.resolve("config.toml"),
                """
                version = 2
                root = "%s"
                state = "%s"
                disabled_plugins = ["io.containerd.grpc.v1.cri"]
                [grpc]
                  address = "%s"
                """.formatted(data.resolve("root"), work.resolve("state"), socket()) + more);
        // The moment between launcher and daemon is noted by the shell that becomes the daemon.
        var shell = ONE_CGROUP
                + "rm -f /run/containerd; echo $$ >\"$1/pid\"; date +%s%N >\"$1/begin\"; exec \"$2\" -c \"$1/config.toml\"";
        var words = List.of(
                bin.resolve("rootlesskit").toString(),
                "--cgroupns",
                "--net=slirp4netns",
                "--copy-up=/etc",
                "--copy-up=/run",
                "--state-dir=" + work.resolve("rk"),
                "sh",
                "-c",
                shell,
                "sh",
                work.toString(),
                bin.resolve("containerd").toString());
        this.launcher = Program.of(settings, words).start(work.resolve("log"));
        awaitAnswer();
        var served = System.currentTimeMillis();
        this.startMilliseconds = served - Long.parseLong(read("begin")) / 1e6;
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!answers()) {
            if (!launcher.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new IOException("no answer from the daemon: " + read("log"));
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private boolean answers() throws IOException {
        if (!Files.exists(socket())) {
            return false;
        }
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException e) {
            // Bound and not listened at yet.
            return false;
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(work.resolve(file)).strip();
    }

    private Path socket() {
        return work.resolve("sock");
    }

    /// From the start of the daemon's process to the first connection it takes.
    double startMilliseconds() {
        return startMilliseconds;
    }

    /// A command inside the namespaces.
    Program inside(String... words) throws IOException {
        var enter = List.of("nsenter", "-U", "-C", "--preserve-credentials", "-m", "-n", "-t", read("rk/child_pid"));
        return Program.of(settings, Program.join(enter, words))
                .with("CONTAINERD_ADDRESS", socket().toString())
                .with("CONTAINERD_SNAPSHOTTER", "overlayfs");
    }

    /// `Rss` or `Pss` of the daemon, in MB.
    double daemonMegabytes(String what) throws IOException {
        return Memory.megabytes(Long.parseLong(read("pid")), what);
    }

    /// The same of the launcher and of its child, where that is not the daemon itself: ours becomes its command.
    double launcherMegabytes(String what) throws IOException {
        var child = Long.parseLong(read("rk/child_pid"));
        var childs = child == Long.parseLong(read("pid")) ? 0 : Memory.megabytes(child, what);
        return Memory.megabytes(launcher.pid(), what) + childs;
    }

    /// Processor time of the daemon so far, in seconds.
    double processorSeconds() throws IOException {
        return Processors.seconds(Long.parseLong(read("pid")));
    }

    @Override
    public void close() throws IOException {
        launcher.destroy();
        try {
            if (!launcher.waitFor(20, TimeUnit.SECONDS)) {
                launcher.destroyForcibly();
            }
            Engine.remove(settings, data, work);
        } catch (InterruptedException e) {
            launcher.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
