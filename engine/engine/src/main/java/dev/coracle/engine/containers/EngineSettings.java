package dev.coracle.engine.containers;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the engine has to know of this machine.
///
/// @param root where files of containers and volumes are kept
/// @param runtime the runtime's name
/// @param systemd whether containers get control groups from the user's systemd
/// @param controllers what can be limited then
/// @param init a small init program, if there is one
/// @param architecture Go's word for the processor
/// @param capabilities what a privileged container may have
/// @param hostResolvConf the host's `resolv.conf`
/// @param deviceSpecs where devices are described, a later directory outranks an earlier one
public record EngineSettings(
        Path root,
        String runtime,
        String snapshotter,
        boolean systemd,
        Set<String> controllers,
        Optional<Path> init,
        String architecture,
        Set<String> capabilities,
        Path hostResolvConf,
        List<Path> deviceSpecs) {
    public EngineSettings {
        controllers = Set.copyOf(controllers);
        capabilities = Set.copyOf(capabilities);
        deviceSpecs = List.copyOf(deviceSpecs);
    }
}
