package dev.coracle.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// The engine as `coracle start` starts it, in a home and a runtime directory of its own, so that it meets no other.
///
/// Closing it ends it and reports what it leaves behind.
final class PrivateEngine implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Path home;
    private final Path runtime;

    PrivateEngine() throws IOException {
        this.home = Files.createTempDirectory(Host.home(), "coracle-home-");
        this.runtime = Files.createTempDirectory(Host.runtimeDirectory(), "e");
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
    }

    Path home() {
        return home;
    }

    Path runtime() {
        return runtime;
    }

    Path socket() {
        return runtime.resolve("containerd/containerd.sock");
    }

    Path state() {
        return runtime.resolve("containerd-rootless");
    }

    /// A command of the account.
    Run run(String... words) {
        return Run.of(words)
                .with("HOME", home.toString())
                .with("XDG_RUNTIME_DIR", runtime.toString())
                .within(LONG);
    }

    /// A program of the tree, by its path in it.
    Run ours(String path, String... words) {
        return run(Host.tree().resolve(path).toString()).and(words);
    }

    Run engine(String verb) {
        return ours("libexec/engine", verb);
    }

    PrivateEngine start() throws IOException, InterruptedException {
        engine("start").go().expect(0);
        return this;
    }

    /// A file of the account's configuration, by its path below `~/.config`.
    void configure(String path, String text) throws IOException {
        var file = home.resolve(".config").resolve(path);
        Files.createDirectories(Path.of(String.valueOf(file.getParent())));
        Files.writeString(file, text);
    }

    /// Makes a registry on the loopback answer for docker.io.
    void takeFrom(Registry registry) throws IOException {
        configure("containerd/certs.d/docker.io/hosts.toml", """
                server = "http://127.0.0.1:%1$d"
                [host."http://127.0.0.1:%1$d"]
                  capabilities = ["pull", "resolve"]
                """.formatted(registry.port()));
    }

    Path hosts() {
        return home.resolve(".config/containerd/certs.d");
    }

    /// Something done inside the engine's namespaces.
    Run inside(String... words) throws IOException {
        var all = new ArrayList<>(List.of(
                Host.debians("nsenter"), "-U", "--preserve-credentials", "-m", "-t", Long.toString(childPid())));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new))
                .with("CONTAINERD_ADDRESS", socket().toString())
                .with("CONTAINERD_SNAPSHOTTER", "native");
    }

    /// The distribution's client, which needs nothing of ours.
    Run ctr(String... words) throws IOException {
        return inside(Host.debians("ctr")).and(words);
    }

    /// rootlesskit's command, which supervises the daemon.
    long childPid() throws IOException {
        return Long.parseLong(Files.readString(state().resolve("child_pid")).strip());
    }

    /// The daemon itself: the supervisor's child.
    long daemonPid() throws IOException {
        var supervisor = Long.toString(childPid());
        for (var pid : processes()) {
            if (commandLine(pid).contains("dev.coracle.daemon.Main")
                    && parent(pid).equals(supervisor)) {
                return pid;
            }
        }
        throw new AssertionError("no daemon runs below process " + supervisor + "\n" + log());
    }

    /// The daemon, if it has come so far; quicker than [#daemonPid]. A process that a daemon was
    /// about to start when it was killed still has the daemon's words, but one thread only; it
    /// falls to the supervisor, too.
    Optional<Long> findDaemon() throws IOException {
        var supervisor = childPid();
        return text(supervisor, "task/" + supervisor + "/children")
                .lines()
                .flatMap(line -> Stream.of(line.split(" ")))
                .map(Long::valueOf)
                .filter(pid -> commandLine(pid).contains("dev.coracle.daemon.Main"))
                .filter(pid -> text(pid, "status").matches("(?s).*\\nThreads:\\t([2-9]|\\d\\d).*"))
                .findFirst();
    }

    /// What runs for this engine, by the names of its programs.
    List<String> programs() throws IOException {
        return processes().stream()
                .map(pid -> text(pid, "comm").strip())
                .filter(name -> !name.isEmpty())
                .sorted()
                .toList();
    }

    /// Does something that the daemon does not survive, and waits for the next one.
    void whileDaemonEnds(Change change) throws IOException, InterruptedException {
        var before = daemonPid();
        change.make(before);
        Awaitility.await("another daemon").atMost(LONG).until(() -> {
            // the supervisor removes the dead one's socket before it starts another
            if (findDaemon().filter(pid -> pid != before).isEmpty() || !Files.exists(socket())) {
                return false;
            }
            return engine("status").go().status() == 0;
        });
    }

    /// What happens to a daemon.
    interface Change {
        void make(long daemon) throws IOException, InterruptedException;
    }

    Path logFile() {
        return home.resolve(".local/state/coracle/engine.log");
    }

    String log() throws IOException {
        return Files.exists(logFile()) ? new String(Files.readAllBytes(logFile()), StandardCharsets.UTF_8) : "";
    }

    /// The account's processes that were started for this engine.
    List<Long> processes() throws IOException {
        var found = new ArrayList<Long>();
        try (var all = ProcessHandle.allProcesses()) {
            for (var handle : all.toList()) {
                if (handle.pid() != ProcessHandle.current().pid() && belongs(handle.pid())) {
                    found.add(handle.pid());
                }
            }
        }
        return found;
    }

    private boolean belongs(long pid) {
        return commandLine(pid).contains(runtime.toString())
                || text(pid, "environ").contains("XDG_RUNTIME_DIR=" + runtime + "\0");
    }

    private static String commandLine(long pid) {
        return text(pid, "cmdline").replace('\0', ' ');
    }

    private static String parent(long pid) {
        return text(pid, "status")
                .lines()
                .filter(line -> line.startsWith("PPid:"))
                .map(line -> line.substring("PPid:".length()).strip())
                .findFirst()
                .orElse("");
    }

    private static String text(long pid, String file) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc", Long.toString(pid), file)), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        try {
            end();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("end the engine: interrupted", stop);
        }
    }

    private void end() throws IOException, InterruptedException {
        var left = new ArrayList<String>();
        var said = "";
        try {
            engine("stop").go().expect(0);
            for (var pid : processes()) {
                left.add("process " + pid + ": " + commandLine(pid));
            }
            if (Files.exists(state())) {
                left.add(state().toString());
            }
            said = log();
        } finally {
            remove();
        }
        if (!left.isEmpty()) {
            throw new AssertionError("left behind: " + left + "\n" + said);
        }
    }

    private void remove() throws IOException, InterruptedException {
        for (var pid : processes()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        Run.of("unshare", "--user", "--map-auto", "--map-root-user", "rm", "-rf", home.toString(), runtime.toString())
                .go();
    }
}
