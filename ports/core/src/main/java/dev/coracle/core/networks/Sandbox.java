package dev.coracle.core.networks;

import java.nio.file.Path;
import java.util.List;

/// A sandbox as it is.
///
/// @param resolvers what belongs into the container's resolv.conf as name servers
public record Sandbox(
        String id,
        SandboxSpec spec,
        Path namespace,
        List<Endpoint> endpoints,
        List<PortBinding> ports,
        List<String> resolvers) {
    public Sandbox {
        endpoints = List.copyOf(endpoints);
        ports = List.copyOf(ports);
        resolvers = List.copyOf(resolvers);
    }
}
