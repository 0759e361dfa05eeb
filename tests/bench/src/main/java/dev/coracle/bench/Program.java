package dev.coracle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A program to run, with the environment that a user's shell would give it.
record Program(List<String> words, TreeMap<String, String> environment) {
    static Program of(Settings settings, List<String> words) {
        var environment = new TreeMap<String, String>();
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        environment.put("HOME", settings.home().toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("XDG_RUNTIME_DIR", settings.runtime().toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return new Program(List.copyOf(words), environment);
    }

    Program with(String name, String value) {
        var more = new TreeMap<>(environment);
        more.put(name, value);
        return new Program(words, more);
    }

    Program and(String... more) {
        return new Program(join(words, more), environment);
    }

    Process start(Path log) throws IOException {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.redirectInput(Path.of("/dev/null").toFile());
        return builder.start();
    }

    /// The whole process from its start to its end, in milliseconds; it has to succeed.
    double milliseconds() throws IOException, InterruptedException {
        var log = Files.createTempFile("bench", ".log");
        try {
            var before = System.nanoTime();
            var process = start(log);
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException("still running after 3 minutes: " + String.join(" ", words));
            }
            var after = System.nanoTime();
            if (process.exitValue() != 0) {
                throw new IOException("status " + process.exitValue() + " from: " + String.join(" ", words) + "\n"
                        + Files.readString(log));
            }
            return (after - before) / 1e6;
        } finally {
            Files.delete(log);
        }
    }

    static List<String> join(List<String> first, String... more) {
        var all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }
}
