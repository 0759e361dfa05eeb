package dev.coracle.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A program run to its end, or started to be watched.
public record Run(List<String> words, Map<String, String> environment, Duration limit) {
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

    public static Run of(String... words) {
        return of(List.of(words));
    }

    /// Starts from a small environment, so that nothing of the developer's own leaks into a test.
    public static Run of(List<String> words) {
        var environment = new TreeMap<String, String>();
        environment.put("PATH", Host.tree().resolve("bin") + ":" + PATH);
        environment.put("HOME", Host.home().toString());
        environment.put("USER", Host.user());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("CORACLE_NO_CACHE", "1");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("XDG_RUNTIME_DIR", Host.runtimeDirectory().toString());
        return new Run(words, environment, Duration.ofMinutes(2));
    }

    public Run with(String name, String value) {
        var more = new TreeMap<>(environment);
        more.put(name, value);
        return new Run(words, more, limit);
    }

    public Run without(String name) {
        var fewer = new TreeMap<>(environment);
        fewer.remove(name);
        return new Run(words, fewer, limit);
    }

    /// With the distribution's programs only.
    public Run withoutOurs() {
        return with("PATH", PATH);
    }

    public Run within(Duration time) {
        return new Run(words, environment, time);
    }

    Run and(String... more) {
        var all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return new Run(all, environment, limit);
    }

    public Process start(Path log) throws IOException {
        var builder = builder();
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.redirectErrorStream(true);
        var process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    ProcessBuilder builder() {
        var builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.directory(Host.home().toFile());
        return builder;
    }

    /// Waits for the end of a process; false when it takes longer, or when this thread is interrupted.
    public static boolean ends(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public Result go() throws IOException, InterruptedException {
        return go("");
    }

    public Result go(String input) throws IOException, InterruptedException {
        var out = Files.createTempFile("run", ".out");
        var err = Files.createTempFile("run", ".err");
        try {
            var builder = builder();
            builder.redirectOutput(out.toFile()).redirectError(err.toFile());
            var process = builder.start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError("still running after " + limit.toSeconds() + " s: " + this + "\n"
                        + Files.readString(out, StandardCharsets.ISO_8859_1)
                        + Files.readString(err, StandardCharsets.ISO_8859_1));
            }
            return new Result(
                    this,
                    process.exitValue(),
                    new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
                    new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }

    /// Runs it and expects status 0.
    public String output() throws IOException, InterruptedException {
        return go().expect(0).out();
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }

    /// How a program ended and what it said.
    public record Result(Run run, int status, String out, String err) {
        public Result expect(int expected) {
            if (status != expected) {
                throw new AssertionError("status " + status + " instead of " + expected + " from: " + this);
            }
            return this;
        }

        @Override
        public String toString() {
            return run + "\n-> " + status + "\n" + out + err;
        }
    }
}
