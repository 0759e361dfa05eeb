package dev.coracle.shim;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What shims are started with.
///
/// @param root where a shim may keep what outlives the machine's restart
/// @param state where the bundles are
/// @param grpc the daemon's socket
/// @param ttrpc its twin, where shims publish their events
/// @param publisher the program that a shim without ttrpc starts to publish: `containerd publish`
/// @param searchPath where a shim is looked for that is not named by its path
/// @param environment variables handed on
public record ShimSettings(
        Path root,
        Path state,
        Path grpc,
        Path ttrpc,
        Path publisher,
        List<Path> searchPath,
        Map<String, String> environment,
        boolean debug,
        String version) {
    public ShimSettings {
        searchPath = List.copyOf(searchPath);
        environment = Map.copyOf(environment);
    }
}
