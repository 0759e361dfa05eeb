package dev.coracle.core.registry;

/// Opens registries for a caller: the driver knows the machine's trust, proxies and time, the
/// caller brings who it is and how it wants to get there.
public interface Registries {
    /// Touches nothing before the first request.
    Registry open(RegistryAccess access);
}
