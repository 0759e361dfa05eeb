package dev.coracle.daemon;

import dev.coracle.cni.CniSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Where CNI configurations and plugins are: where the user says by the variables that nerdctl knows, or where nerdctl
/// looks for them without root.
final class CniSearch {
    private static final List<String> IN_HOME = List.of("opt/cni/bin", ".local/libexec/cni", ".local/lib/cni");
    private static final List<String> ON_HOST =
            List.of("/opt/cni/bin", "/usr/local/libexec/cni", "/usr/local/lib/cni", "/usr/libexec/cni", "/usr/lib/cni");

    private CniSearch() {}

    /// @param namespace the container network namespace
    static CniSettings settings(Environment environment, Optional<Path> namespace) {
        var home = environment.setting("HOME").map(Path::of);
        var configurations = environment
                .setting("NETCONFPATH")
                .map(Path::of)
                .or(() -> environment
                        .setting("XDG_CONFIG_HOME")
                        .map(Path::of)
                        .or(() -> home.map(folder -> folder.resolve(".config")))
                        .map(folder -> folder.resolve("cni/net.d")))
                .orElse(Path.of("/etc/cni/net.d"));
        return new CniSettings(
                environment.workingDirectory().resolve(configurations),
                plugins(environment, home),
                namespace,
                environment.find("nsenter").orElse(Path.of("/usr/bin/nsenter")),
                environment.passed());
    }

    private static List<Path> plugins(Environment environment, Optional<Path> home) {
        var said = environment.setting("CNI_PATH");
        if (said.isPresent()) {
            return Arrays.stream(said.get().split(":", -1))
                    .filter(folder -> folder.startsWith("/"))
                    .map(Path::of)
                    .toList();
        }
        return Stream.concat(
                        home.stream().flatMap(folder -> IN_HOME.stream().map(folder::resolve)),
                        ON_HOST.stream().map(Path::of))
                .toList();
    }
}
