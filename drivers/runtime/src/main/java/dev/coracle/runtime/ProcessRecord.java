package dev.coracle.runtime;

import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.Stdio;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What has to be known about one process to find it again. A number alone may mean another process by then: with the
/// time of its start (in clock ticks since boot) it cannot. Pids are 0 before there is a process.
record ProcessRecord(
        Stdio stdio, boolean started, boolean stdinClosed, long pid, long startTicks, long conmon, long conmonTicks) {

    private static final String FILE = "process";
    private static final String EXIT_FILE = "exited";

    static ProcessRecord planned(Stdio stdio) {
        return new ProcessRecord(stdio, false, false, 0, 0, 0, 0);
    }

    ProcessRecord running(boolean isStarted, long newPid, long ticks, long newConmon, long newConmonTicks) {
        return new ProcessRecord(stdio, isStarted, stdinClosed, newPid, ticks, newConmon, newConmonTicks);
    }

    ProcessRecord withStarted() {
        return new ProcessRecord(stdio, true, stdinClosed, pid, startTicks, conmon, conmonTicks);
    }

    ProcessRecord withStdinClosed() {
        return new ProcessRecord(stdio, started, true, pid, startTicks, conmon, conmonTicks);
    }

    void write(Path directory) throws IOException {
        StateFile.write(
                directory.resolve(FILE),
                Map.ofEntries(
                        Map.entry("stdin", stdio.stdin()),
                        Map.entry("stdout", stdio.stdout()),
                        Map.entry("stderr", stdio.stderr()),
                        Map.entry("terminal", Boolean.toString(stdio.terminal())),
                        Map.entry("started", Boolean.toString(started)),
                        Map.entry("stdinClosed", Boolean.toString(stdinClosed)),
                        Map.entry("pid", Long.toString(pid)),
                        Map.entry("startTicks", Long.toString(startTicks)),
                        Map.entry("conmon", Long.toString(conmon)),
                        Map.entry("conmonTicks", Long.toString(conmonTicks))));
    }

    static Optional<ProcessRecord> read(Path directory) throws IOException {
        return StateFile.read(directory.resolve(FILE))
                .map(words -> new ProcessRecord(
                        new Stdio(
                                words.getOrDefault("stdin", ""),
                                words.getOrDefault("stdout", ""),
                                words.getOrDefault("stderr", ""),
                                Boolean.parseBoolean(words.get("terminal"))),
                        Boolean.parseBoolean(words.get("started")),
                        Boolean.parseBoolean(words.get("stdinClosed")),
                        Long.parseLong(words.getOrDefault("pid", "0")),
                        Long.parseLong(words.getOrDefault("startTicks", "0")),
                        Long.parseLong(words.getOrDefault("conmon", "0")),
                        Long.parseLong(words.getOrDefault("conmonTicks", "0"))));
    }

    /// Remembers an exit that has been told, so that no later daemon tells it again.
    static void writeExit(Path directory, Exit exit) throws IOException {
        StateFile.write(
                directory.resolve(EXIT_FILE),
                Map.of(
                        "pid", Integer.toString(exit.pid()),
                        "status", Integer.toString(exit.status()),
                        "at", exit.exitedAt().toString()));
    }

    static Optional<Exit> readExit(Path directory) throws IOException {
        return StateFile.read(directory.resolve(EXIT_FILE))
                .map(words -> new Exit(
                        Integer.parseInt(words.getOrDefault("pid", "0")),
                        Integer.parseInt(words.getOrDefault("status", "255")),
                        Instant.parse(words.getOrDefault("at", "1970-01-01T00:00:00Z"))));
    }
}
