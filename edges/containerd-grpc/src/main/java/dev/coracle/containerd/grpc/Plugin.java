package dev.coracle.containerd.grpc;

import dev.coracle.base.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A part of the daemon as introspection lists it. Clients look for snapshotters, the runtime and
/// the restart monitor, by the names that containerd's plugins have. A part that cannot be used
/// here carries the reason, with the words `skip plugin` when that is no failure.
public record Plugin(
        String type,
        String id,
        List<String> requires,
        Map<String, String> exports,
        List<String> capabilities,
        Optional<String> initError,
        Optional<Platform> platform) {
    public Plugin {
        requires = List.copyOf(requires);
        exports = Map.copyOf(exports);
        capabilities = List.copyOf(capabilities);
    }

    public Plugin(String type, String id) {
        this(type, id, List.of(), Map.of(), List.of(), Optional.empty(), Optional.empty());
    }

    public Plugin withExports(Map<String, String> more) {
        return new Plugin(type, id, requires, more, capabilities, initError, platform);
    }

    public Plugin withCapabilities(List<String> more) {
        return new Plugin(type, id, requires, exports, more, initError, platform);
    }

    public Plugin withInitError(String error) {
        return new Plugin(type, id, requires, exports, capabilities, Optional.of(error), platform);
    }

    public Plugin withRequires(List<String> types) {
        return new Plugin(type, id, types, exports, capabilities, initError, platform);
    }

    /// For a platform other than the daemon's.
    public Plugin withPlatform(Platform other) {
        return new Plugin(type, id, requires, exports, capabilities, initError, Optional.of(other));
    }
}
