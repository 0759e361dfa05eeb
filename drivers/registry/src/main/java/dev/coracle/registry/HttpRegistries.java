package dev.coracle.registry;

import dev.coracle.core.registry.Registries;
import dev.coracle.core.registry.Registry;
import dev.coracle.core.registry.RegistryAccess;
import java.time.InstantSource;

/// Registries over http, with this machine's trust and proxies.
///
/// @param machine everything but the caller's part
public record HttpRegistries(RegistryOptions machine, InstantSource clock) implements Registries {
    @Override
    public Registry open(RegistryAccess access) {
        return new HttpRegistry(machine.with(access), clock);
    }
}
