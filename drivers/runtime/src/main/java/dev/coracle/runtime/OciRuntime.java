package dev.coracle.runtime;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.processes.Command;
import dev.coracle.processes.Ended;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// crun, runc, or another program that takes their command line.
final class OciRuntime {
    /// The options that every command of one container is given.
    ///
    /// @param isCrun crun has words of its own for the control group
    /// @param log the file that it writes its failure to, as JSON
    record Place(Path program, boolean isCrun, Path root, CgroupUse cgroup, Path log) {
        List<String> arguments() {
            var arguments = new ArrayList<String>();
            arguments.add("--root=" + root);
            arguments.add("--log"); // apart: wrappers around a runtime look for the word
            arguments.add(log.toString());
            arguments.add("--log-format=json");
            switch (cgroup) {
                case SYSTEMD -> arguments.add("--systemd-cgroup");
                case NONE -> {
                    if (isCrun) {
                        arguments.add("--cgroup-manager=disabled");
                    }
                }
                case CGROUPFS -> {}
            }
            return List.copyOf(arguments);
        }
    }

    private static final List<String> FAILURES = List.of("error", "fatal", "panic");
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Spawner spawner;
    private final Map<String, String> environment;

    OciRuntime(Spawner spawner, Map<String, String> environment) {
        this.spawner = spawner;
        this.environment = environment;
    }

    static List<String> arguments(Place place, String verb, List<String> options, String id) {
        var arguments = new ArrayList<>(place.arguments());
        arguments.add(verb);
        arguments.addAll(options);
        arguments.add(id);
        return List.copyOf(arguments);
    }

    /// Runs one command; its failure becomes a sentence in the runtime's own words.
    Ended run(Place place, String verb, List<String> options, String id) {
        try {
            var ended = attempt(place, verb, options, id);
            if (!ended.isSuccess()) {
                throw failure("OCI runtime " + verb + " failed", place.log(), ended.errorTail());
            }
            return ended;
        } catch (IOException failure) {
            throw new Unknown("run " + place.program() + " " + verb + ": " + failure.getMessage(), failure);
        }
    }

    /// Runs one command whose failure is an answer too.
    Ended attempt(Place place, String verb, List<String> options, String id) throws IOException {
        Files.deleteIfExists(place.log());
        // beside config.json, as containerd does: a wrapper around a runtime may want to read it
        var beside = place.log().getParent();
        var command = Command.of(place.program(), arguments(place, verb, options, id))
                .environment(environment)
                .in(beside != null && Files.isDirectory(beside) ? beside : Path.of("/"));
        try {
            return spawner.run(command, LIMIT);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown("run " + place.program() + " " + verb + " for container " + id + ": interrupted", stop);
        }
    }

    boolean isCrun(Path program) throws IOException {
        try {
            return spawner.run(Command.of(program, "--version"), LIMIT).output().startsWith("crun ");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown("ask " + program + " for its version: interrupted", stop);
        }
    }

    /// What the runtime said in its log, else on standard error.
    static EngineException failure(String attempt, Path log, String errors) {
        var said = lastError(log);
        if (said.isEmpty()) {
            said = errors.strip();
        }
        var message = attempt + ": " + (said.isEmpty() ? "no reason given" : said);
        if (said.contains("not found in $PATH") || said.contains("no such file or directory\" in $PATH")) {
            return new NotFound(message);
        }
        if (said.contains("hybrid mode")) {
            return new EngineException.FailedPrecondition(message)
                    .remedy("start the daemon inside a user and mount namespace of its own (rootlesskit does)");
        }
        if (said.contains("/sys/fs/cgroup/") && said.toLowerCase(Locale.ROOT).contains("permission denied")) {
            return new PermissionDenied(message)
                    .remedy("use --cgroup \"\" for none, a group by systemd (--cgroup user.slice:PREFIX:NAME"
                            + " --runc-systemd-cgroup), or start the daemon in a delegated scope");
        }
        var isRuncs = said.contains("exec: ") && said.toLowerCase(Locale.ROOT).contains("permission denied");
        if (isRuncs || said.startsWith("open executable: ")) { // crun's words for a directory and the like
            return new PermissionDenied(message);
        }
        return new Unknown(message);
    }

    private static String lastError(Path log) {
        var last = "";
        try {
            for (var line : Files.readAllLines(log)) {
                if (!line.isBlank()) {
                    var entry = JSON.readTree(line);
                    if (FAILURES.contains(entry.path("level").asString(""))) {
                        var cause = entry.path("error").asString("");
                        last = entry.path("msg").asString("") + (cause.isEmpty() ? "" : ": " + cause);
                    }
                }
            }
        } catch (IOException | JacksonException unreadable) {
            // half a line or no log at all: what standard error said must do
            return last;
        }
        return last.strip();
    }
}
