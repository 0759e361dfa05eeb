package dev.coracle.engine.containers;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What the image's configuration and the options come to.
///
/// @param exposed `80/tcp`
/// @param volumes targets that the image declares
/// @param health empty: none
public record ContainerConfig(
        String hostname,
        String user,
        List<String> env,
        List<String> entrypoint,
        List<String> command,
        String workdir,
        List<String> exposed,
        List<String> volumes,
        Map<String, String> labels,
        String stopSignal,
        Duration stopTimeout,
        HealthOptions health) {
    public ContainerConfig {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        exposed = List.copyOf(exposed);
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }
}
