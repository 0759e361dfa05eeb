package dev.coracle.daemon;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the daemon was started with, read once by [Main].
///
/// @param path where programs are looked for
/// @param notifySocket where systemd wants to hear that we are ready
/// @param supervised whether somebody starts us again when we end, inside the same service
/// @param passed handed on to runtimes: what they need of the user's session
record Environment(
        Path workingDirectory,
        List<Path> path,
        Optional<String> notifySocket,
        boolean supervised,
        Map<String, String> passed) {
    Environment {
        path = List.copyOf(path);
        passed = Map.copyOf(passed);
    }

    static Environment of(Map<String, String> variables, Path workingDirectory) {
        var passed = new java.util.HashMap<String, String>();
        for (var name : List.of("PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")) {
            Optional.ofNullable(variables.get(name)).ifPresent(value -> passed.put(name, value));
        }
        var path = Arrays.stream(variables.getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .toList();
        return new Environment(
                workingDirectory,
                path,
                Optional.ofNullable(variables.get("NOTIFY_SOCKET")),
                variables.containsKey("_CONTAINERD_ROOTLESS_CHILD"),
                passed);
    }

    /// A program on the path, if it is there.
    Optional<Path> find(String program) {
        return path.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
