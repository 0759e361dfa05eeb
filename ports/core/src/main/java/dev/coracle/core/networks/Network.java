package dev.coracle.core.networks;

import java.time.Instant;

/// A network as it is.
///
/// @param id 64 hexadecimal digits
/// @param device the bridge's name in the container network namespace; empty for a network that
///     others describe (driver `cni`)
public record Network(String id, NetworkSpec spec, String device, Instant createdAt) {
    public String name() {
        return spec.name();
    }
}
