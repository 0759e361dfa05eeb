package dev.coracle.integration.rootlesskit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// Starts rootlesskit of the tree under test with a state directory of its own.
final class Launcher implements AutoCloseable {
    static final long SECONDS = 60;

    private final Path directory;
    private final List<Process> started = new ArrayList<>();

    Launcher() throws IOException {
        directory = Files.createTempDirectory("coracle-rootlesskit-");
    }

    Path directory() {
        return directory;
    }

    Path state() {
        return directory.resolve("state");
    }

    /// How a run ended.
    record Ended(int status, String out, String err) {}

    /// Runs a command to its end, with the state directory given.
    Ended run(String... words) throws IOException, InterruptedException {
        return run(Map.of(), words);
    }

    Ended run(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of(program(), "--state-dir=" + state()));
        all.addAll(List.of(words));
        return runRaw(environment, all);
    }

    /// Runs exactly these words.
    Ended runRaw(Map<String, String> environment, List<String> words) throws IOException, InterruptedException {
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var process = builder(environment, words)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        started.add(process);
        process.getOutputStream().close();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + words + "\n" + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /// Starts a command and waits until its pid is published.
    Process start(String... words) throws IOException {
        var all = new ArrayList<>(List.of(program(), "--state-dir=" + state()));
        all.addAll(List.of(words));
        var process = builder(Map.of(), all)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        started.add(process);
        process.getOutputStream().close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(SECONDS))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !process.isAlive() || Files.exists(childPidFile()));
        if (!process.isAlive()) {
            throw new AssertionError("rootlesskit ended: " + logText());
        }
        return process;
    }

    /// Starts a command without waiting for anything.
    Process launch(String... words) throws IOException {
        var all = new ArrayList<>(List.of(program(), "--state-dir=" + state()));
        all.addAll(List.of(words));
        var process = builder(Map.of(), all)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        started.add(process);
        process.getOutputStream().close();
        return process;
    }

    Path log() {
        return directory.resolve("log");
    }

    String logText() throws IOException {
        return Files.readString(log());
    }

    /// For the message of a failed test.
    String describeLog() {
        try {
            return logText();
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    void awaitLog(String line) {
        Awaitility.await(line)
                .atMost(Duration.ofSeconds(SECONDS))
                .until(() -> logText().lines().anyMatch(line::equals));
    }

    void awaitLogContaining(String text) {
        Awaitility.await(text)
                .atMost(Duration.ofSeconds(SECONDS))
                .until(() -> logText().contains(text));
    }

    Path childPidFile() {
        return state().resolve("child_pid");
    }

    long childPid() throws IOException {
        return Long.parseLong(Files.readString(childPidFile()).strip());
    }

    /// Runs words inside, as the guide does.
    Ended inside(String... words) throws IOException, InterruptedException {
        return enter("-n", words);
    }

    /// Runs words inside when the child is in the host's network, which nobody may enter.
    Ended insideMounts(String... words) throws IOException, InterruptedException {
        return enter("-m", words);
    }

    private Ended enter(String flag, String... words) throws IOException, InterruptedException {
        var pid = Long.toString(childPid());
        var all = new ArrayList<>(List.of("nsenter", "-U", "--preserve-credentials", "-m", flag, "-t", pid));
        all.addAll(List.of(words));
        return runRaw(Map.of(), all);
    }

    static String program() {
        return Path.of(System.getProperty("coracle.tree"), "bin", "rootlesskit").toString();
    }

    private ProcessBuilder builder(Map<String, String> environment, List<String> words) {
        var builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                        "HOME",
                        System.getProperty("user.home"),
                        "LC_ALL",
                        "C.UTF-8",
                        "TMPDIR",
                        directory.toString(),
                        "CORACLE_NO_CACHE",
                        "1",
                        "JAVA_HOME",
                        System.getProperty("java.home")));
        builder.environment().putAll(environment);
        return builder;
    }

    static void signal(long pid, String signal) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + signal, "--", Long.toString(pid)).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError(new String(kill.getErrorStream().readAllBytes(), UTF_8));
        }
    }

    /// Running processes that were given our folder on their command line.
    List<String> processes() throws IOException {
        var found = new ArrayList<String>();
        try (var handles = ProcessHandle.allProcesses()) {
            for (var handle : handles.toList()) {
                var line = commandLine(handle.pid());
                if (handle.pid() != ProcessHandle.current().pid() && line.contains(directory.toString())) {
                    found.add(handle.pid() + " " + line);
                }
            }
        }
        return found;
    }

    static String commandLine(long pid) {
        try {
            return Files.readString(
                            Path.of("/proc", Long.toString(pid), "cmdline"),
                            java.nio.charset.StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }

    /// Nothing may be left once all have ended.
    @Override
    public void close() throws IOException {
        for (var process : started) {
            process.destroyForcibly().onExit().join();
        }
        Awaitility.await("the end of " + processes())
                .atMost(Duration.ofSeconds(10))
                .until(() -> processes().isEmpty());
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
