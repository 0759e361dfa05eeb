package dev.coracle.setup;

import dev.coracle.linux.Self;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Becomes a command inside the engine's namespaces.
final class Nsenter {
    private static final List<String> COPIED =
            List.of("ROOTLESSKIT_STATE_DIR", "ROOTLESSKIT_PARENT_EUID", "ROOTLESSKIT_PARENT_EGID");

    private final Ground ground;

    Nsenter(Ground ground) {
        this.ground = ground;
    }

    /// Returns only by throwing.
    SetupException enter(List<String> command) throws SetupException, IOException {
        var state = ground.variable("CONTAINERD_ROOTLESS_ROOTLESSKIT_STATE_DIR")
                .map(Path::of)
                .orElse(ground.runtimeFolder().resolve("containerd-rootless"));
        String pid;
        try {
            pid = Files.readString(state.resolve("child_pid")).strip();
        } catch (IOException _) {
            throw new SetupException(
                    "enter the engine's namespaces: it does not run: there is no " + state.resolve("child_pid"),
                    "start it by `coracle start`");
        }
        var program = ground.program("nsenter")
                .orElseThrow(() ->
                        new SetupException("the program nsenter is not installed", "install the package util-linux"));
        var environment = new TreeMap<>(ground.environment());
        for (var entry : Files.readString(Path.of("/proc", pid, "environ"), StandardCharsets.ISO_8859_1)
                .split("\0")) {
            var equals = entry.indexOf('=');
            if (equals > 0 && COPIED.contains(entry.substring(0, equals))) {
                environment.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        var words = arguments(pid, !Files.exists(state.resolve("netns")), command, ground);
        var failure = Self.execute(program, words, environment);
        throw new SetupException("enter the engine's namespaces: " + failure.getMessage());
    }

    static List<String> arguments(String pid, boolean network, List<String> command, Ground ground) {
        var words = new ArrayList<>(List.of("nsenter", "--no-fork"));
        words.add("--wd=" + ground.variable("PWD").orElse("/"));
        words.addAll(List.of("--preserve-credentials", "-m"));
        if (network) {
            words.add("-n");
        }
        words.addAll(List.of("-U", "-t", pid, "--"));
        words.addAll(command.isEmpty() ? List.of(ground.variable("SHELL").orElse("/bin/sh")) : command);
        return words;
    }
}
