package dev.coracle.registry;

import dev.coracle.core.registry.RegistryAccess;
import java.nio.file.Path;
import java.util.List;

/// How registries are reached. The program fills it from its flags and environment.
///
/// @param access what the caller wants
/// @param tls for registries that no `hosts.toml` describes
/// @param trustStores files of PEM authorities, the first that exists replaces Java's own
public record RegistryOptions(RegistryAccess access, Tls tls, List<Path> trustStores, Proxies proxies) {
    /// Where distributions keep the authorities that the machine trusts, as Go looks for them.
    public static final List<Path> SYSTEM_TRUST = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    /// Https, no configuration directory, anonymous, no proxy.
    public static final RegistryOptions DEFAULT =
            new RegistryOptions(RegistryAccess.ANONYMOUS, Tls.DEFAULT, List.of(), Proxies.NONE);

    public RegistryOptions {
        trustStores = List.copyOf(trustStores);
    }

    RegistryOptions with(RegistryAccess other) {
        return new RegistryOptions(other, tls, trustStores, proxies);
    }
}
