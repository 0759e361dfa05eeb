package dev.coracle.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where configurations and plugins are, and where plugins work.
///
/// @param configurations the directory of `*.conflist`, `*.conf` and `*.json`; need not exist
/// @param plugins directories that plugins are looked for in, in this order
/// @param namespace the container network namespace, which plugins take for the host's; empty: this
///     process's own
/// @param nsenter the program that enters it
/// @param environment what plugins get beside CNI's own variables
public record CniSettings(
        Path configurations,
        List<Path> plugins,
        Optional<Path> namespace,
        Path nsenter,
        Map<String, String> environment) {
    public CniSettings {
        plugins = List.copyOf(plugins);
        environment = Map.copyOf(environment);
    }
}
