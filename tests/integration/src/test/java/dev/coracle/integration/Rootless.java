package dev.coracle.integration;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// rootlesskit with a daemon below it, started as the guide says, with folders of its own.
///
/// Closing it ends both and reports what they leave behind.
final class Rootless implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Stack stack;
    private final Path run;
    private final Path data;
    private final List<String> flags;
    private boolean loop;
    private String before = "";
    private @Nullable Process process;

    /// Whose programs are started: ours, or the distribution's as the peer to compare with.
    enum Stack {
        OURS,
        DEBIAN
    }

    private Rootless(Stack stack, List<String> flags) throws IOException {
        this.stack = stack;
        this.flags = flags;
        this.run = Files.createTempDirectory(Host.runtimeDirectory(), "t");
        this.data = Files.createTempDirectory(Host.home(), "coracle-test-");
        configure("");
    }

    /// The guide's own flags.
    static Rootless start(String... moreFlags) throws IOException {
        var flags = new ArrayList<>(List.of("--net=slirp4netns", "--copy-up=/etc", "--copy-up=/run"));
        flags.addAll(List.of(moreFlags));
        return startWith(flags);
    }

    static Rootless startWith(List<String> flags) throws IOException {
        if (Host.isReference()) {
            return startDebians(flags);
        }
        var rootless = new Rootless(Stack.OURS, flags);
        rootless.launch();
        return rootless;
    }

    /// With a daemon that may die: [#startAgain()] brings it back in the same namespaces.
    static Rootless supervised() throws IOException {
        var flags = List.of("--net=slirp4netns", "--copy-up=/etc", "--copy-up=/run");
        var rootless = new Rootless(Host.isReference() ? Stack.DEBIAN : Stack.OURS, flags);
        rootless.loop = true;
        rootless.launch();
        return rootless;
    }

    /// What is done inside before the daemon starts.
    void before(String command) {
        before = command + "; ";
    }

    void startAgain() throws IOException {
        Files.createFile(data.resolve("again"));
        Awaitility.await("the daemon, again")
                .atMost(START)
                .until(() -> Files.notExists(data.resolve("again")) && isServing());
    }

    /// The same with Debian's rootlesskit and containerd.
    static Rootless startDebians() throws IOException {
        return startDebians(List.of("--net=slirp4netns", "--copy-up=/etc", "--copy-up=/run"));
    }

    private static Rootless startDebians(List<String> flags) throws IOException {
        var rootless = new Rootless(Stack.DEBIAN, flags);
        rootless.launch();
        return rootless;
    }

    /// Folders and a config file, nothing started yet.
    static Rootless prepare(String... flags) throws IOException {
        return new Rootless(Stack.OURS, List.of(flags));
    }

    Rootless configure(String more) throws IOException {
        Files.writeString(config(), """
                version = 2
                root = "%s"
                state = "%s"
                [grpc]
                  address = "%s"
                %s""".formatted(root(), state(), socket(), more));
        return this;
    }

    Path config() {
        return data.resolve("config.toml");
    }

    Path data() {
        return data;
    }

    Path root() {
        return data.resolve("root");
    }

    Path state() {
        return run.resolve("containerd");
    }

    Path socket() {
        return state().resolve("containerd.sock");
    }

    Path stateDirectory() {
        return run.resolve("rootlesskit");
    }

    Path log() {
        return data.resolve("log");
    }

    String logText() throws IOException {
        return Files.exists(log()) ? new String(Files.readAllBytes(log()), StandardCharsets.UTF_8) : "";
    }

    /// The guide's first command.
    Run launcher() {
        var daemon = "rm -f /run/containerd; exec containerd -c " + config();
        daemon = before + daemon;
        if (loop) {
            daemon =
                    ("rm -f /run/containerd; trap 'kill $!; wait; exit 0' TERM; while :; do containerd -c %s & wait $!;"
                                    + " until [ -e %s/again ]; do sleep 0.05; done; rm %s/again; done")
                            .formatted(config(), data, data);
        }
        if (stack == Stack.DEBIAN) {
            // crun under runc's name: on hybrid cgroups Debian's runc cannot start anything.
            daemon = "mkdir -p " + data + "/bin; ln -sf " + Host.debians("crun") + " " + data + "/bin/runc; PATH="
                    + data + "/bin:$PATH; umount -l /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; " + daemon;
        }
        return rootlesskit("sh", "-c", daemon);
    }

    Run rootlesskit(String... command) {
        var words = new ArrayList<String>();
        words.add(stack == Stack.OURS ? Host.ours("rootlesskit") : Host.debians("rootlesskit"));
        words.addAll(flags);
        if (stack == Stack.DEBIAN) {
            words.add("--cgroupns");
        }
        words.add("--state-dir=" + stateDirectory());
        words.addAll(List.of(command));
        return stack == Stack.OURS ? Run.of(words) : Run.of(words).withoutOurs();
    }

    void launch() throws IOException {
        launch("LC_ALL", "C.UTF-8");
    }

    /// With one variable of the environment set.
    void launch(String name, String value) throws IOException {
        var started = launcher().with(name, value).start(log());
        process = started;
        try {
            Awaitility.await("the daemon")
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        if (!started.isAlive()) {
                            throw new AssertionError(
                                    "rootlesskit ended with status " + started.exitValue() + ":\n" + logText());
                        }
                        return Files.exists(stateDirectory().resolve("child_pid")) && isServing();
                    });
        } catch (ConditionTimeoutException e) {
            var said = logText();
            abandon();
            throw new AssertionError("the daemon does not serve:\n" + said, e);
        } catch (AssertionError e) {
            abandon();
            throw e;
        }
    }

    private boolean isServing() {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException e) {
            return false;
        }
    }

    long childPid() throws IOException {
        return Long.parseLong(
                Files.readString(stateDirectory().resolve("child_pid")).strip());
    }

    Process process() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    /// Something done inside, as the guide's second command does.
    Run inside(String... words) throws IOException {
        var all = new ArrayList<>(List.of(
                Host.debians("nsenter"), "-U", "--preserve-credentials", "-m", "-n", "-t", Long.toString(childPid())));
        all.addAll(List.of(words));
        return Run.of(all).with("CONTAINERD_ADDRESS", socket().toString()).with("CONTAINERD_SNAPSHOTTER", "native");
    }

    /// A folder for `--hosts-dir` that makes a registry on the host's loopback answer for docker.io.
    Path hosts(int port) throws IOException {
        return hosts(port, "docker.io");
    }

    Path hosts(int port, String registry) throws IOException {
        var folder = Files.createDirectories(data.resolve("hosts").resolve(registry));
        Files.writeString(folder.resolve("hosts.toml"), """
                server = "http://10.0.2.2:%d"
                [host."http://10.0.2.2:%d"]
                  capabilities = ["pull", "resolve", "push"]
                """.formatted(port, port));
        return data.resolve("hosts");
    }

    /// The daemon's pid: the process whose command line ends with our config file.
    long daemonPid() throws IOException {
        for (var candidate : mentioning(config().toString())) {
            var program = Files.readString(Path.of("/proc", Long.toString(candidate), "comm"))
                    .strip();
            if (program.equals(stack == Stack.OURS ? "java" : "containerd")
                    && commandLine(candidate)
                            .contains(stack == Stack.OURS ? "dev.coracle.daemon.Main" : "containerd")) {
                return candidate;
            }
        }
        throw new AssertionError("no daemon runs with " + config() + "\n" + logText());
    }

    /// Pids of this account's processes that were started for our folders.
    List<Long> mentioning(String text) throws IOException {
        var found = new ArrayList<Long>();
        try (var pids = ProcessHandle.allProcesses()) {
            for (var handle : pids.toList()) {
                if (handle.pid() != ProcessHandle.current().pid()
                        && commandLine(handle.pid()).contains(text)) {
                    found.add(handle.pid());
                }
            }
        }
        return found;
    }

    private static String commandLine(long pid) {
        try {
            return new String(
                            Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /// Mounts below our folders, as seen inside.
    List<String> mounts() throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(childPid()), "mountinfo"))) {
            return lines.map(line -> line.split(" ")[4])
                    .filter(path -> path.contains(root().toString()) || path.contains(state() + "/"))
                    .toList();
        }
    }

    /// Ends it as a service manager would, and expects that nothing is left.
    @Override
    public void close() throws IOException {
        var running = process;
        var left = new ArrayList<String>();
        if (running != null) {
            running.destroy();
            if (!Run.ends(running, Duration.ofSeconds(30))) {
                left.add("rootlesskit, 30 s after SIGTERM");
            }
            if (Files.exists(stateDirectory())) {
                left.add(stateDirectory().toString());
            }
        }
        for (var pid : mentioning(run.toString())) {
            left.add("process " + pid + ": " + commandLine(pid));
        }
        for (var pid : mentioning(data.toString())) {
            left.add("process " + pid + ": " + commandLine(pid));
        }
        var said = logText();
        abandon();
        if (!left.isEmpty()) {
            throw new AssertionError("left behind: " + left + "\n" + said);
        }
    }

    /// Makes an end by force and removes the files, mapped owners included.
    private void abandon() throws IOException {
        if (process != null) {
            process.destroyForcibly();
        }
        for (var folder : List.of(run, data)) {
            for (var pid : mentioning(folder.toString())) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        try {
            Run.of("unshare", "--user", "--map-auto", "--map-root-user", "rm", "-rf", run.toString(), data.toString())
                    .go();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// For messages: the newest files below a folder.
    static List<Path> filesBelow(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }
}
