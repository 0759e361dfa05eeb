package dev.coracle.daemon;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the daemon was started with, read once by [Main].
///
/// @param path where programs are looked for
/// @param notifySocket where systemd wants to hear that we are ready
/// @param supervisor where whoever starts us again inside the same service, when we end, and we tell each other
/// @param tree where this distribution lies, when a start script has said so
/// @param passed handed on to runtimes: what they need of the user's session
/// @param all everything, for a program that we become
/// @param web how registries are reached: proxies and trusted authorities
record Environment(
        Path workingDirectory,
        List<Path> path,
        Optional<String> notifySocket,
        Optional<Path> supervisor,
        Optional<Path> tree,
        Map<String, String> passed,
        Map<String, String> web,
        Map<String, String> all) {
    Environment {
        path = List.copyOf(path);
        passed = Map.copyOf(passed);
        web = Map.copyOf(web);
        all = Map.copyOf(all);
    }

    static Environment of(Map<String, String> variables, Path workingDirectory, Optional<Path> tree) {
        var passed = chosen(variables, List.of("PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"));
        var web = chosen(
                variables,
                List.of(
                        "HTTP_PROXY",
                        "http_proxy",
                        "HTTPS_PROXY",
                        "https_proxy",
                        "NO_PROXY",
                        "no_proxy",
                        "SSL_CERT_FILE"));
        var path = Arrays.stream(variables.getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .toList();
        return new Environment(
                workingDirectory,
                path,
                Optional.ofNullable(variables.get("NOTIFY_SOCKET")),
                Optional.ofNullable(variables.get("CORACLE_SUPERVISOR")).map(Path::of),
                tree,
                passed,
                web,
                variables);
    }

    private static Map<String, String> chosen(Map<String, String> variables, List<String> names) {
        var chosen = new HashMap<String, String>();
        names.forEach(name -> Optional.ofNullable(variables.get(name)).ifPresent(value -> chosen.put(name, value)));
        return chosen;
    }

    /// The first of these variables that is set to something.
    Optional<String> web(String... names) {
        return Arrays.stream(names)
                .map(name -> web.getOrDefault(name, ""))
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    /// What rootlesskit or the user says about this daemon.
    Optional<String> setting(String name) {
        return Optional.ofNullable(all.get(name)).filter(value -> !value.isEmpty());
    }

    /// What is handed on, with more of the form `NAME=value`.
    Map<String, String> passedWith(List<String> assignments) {
        var all = new HashMap<>(passed);
        for (var assignment : assignments) {
            var sign = assignment.indexOf('=');
            all.put(
                    sign < 0 ? assignment : assignment.substring(0, sign),
                    sign < 0 ? "" : assignment.substring(sign + 1));
        }
        return all;
    }

    /// The program that this daemon was started as, for those who start it again to publish an event.
    Path self() {
        return tree.map(folder -> folder.resolve("bin/containerd"))
                .or(() -> find("containerd"))
                .orElse(Path.of("/usr/bin/containerd"));
    }

    /// A program on the path, if it is there.
    Optional<Path> find(String program) {
        return path.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
