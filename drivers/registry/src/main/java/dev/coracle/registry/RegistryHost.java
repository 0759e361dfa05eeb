package dev.coracle.registry;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One host that answers for a registry: the registry itself or a mirror.
///
/// @param base scheme, host and path prefix, ending in `/v2` unless the path was overridden
/// @param headers added to every request
/// @param dialTimeout how long a connection may take, zero for the default
record RegistryHost(
        URI base, Set<Capability> capabilities, Tls tls, Map<String, List<String>> headers, Duration dialTimeout) {
    static final Set<Capability> ALL = Set.of(Capability.values());

    RegistryHost {
        capabilities = Set.copyOf(capabilities);
        headers = Map.copyOf(headers);
    }

    /// What a host may be asked for.
    enum Capability {
        PULL,
        RESOLVE,
        PUSH,
        REFERRERS
    }

    boolean can(Capability capability) {
        return capabilities.contains(capability);
    }

    /// Host and port as in the URL.
    String authority() {
        return base.getRawAuthority();
    }
}
