package dev.coracle.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// How registries are reached. The program fills it from its flags and environment.
///
/// @param hostsDirs directories with one sub-directory per registry (`hosts.toml`)
/// @param plainHttp use http for registries that no `hosts.toml` describes
/// @param tls for registries that no `hosts.toml` describes
/// @param trustStores files of PEM authorities, the first that exists replaces Java's own
/// @param logins credentials by registry host
/// @param dump receives every request and response head, without credentials
public record RegistryOptions(
        List<Path> hostsDirs,
        boolean plainHttp,
        Tls tls,
        List<Path> trustStores,
        Proxies proxies,
        Function<String, Login> logins,
        Consumer<String> dump) {
    /// Https, no configuration directory, anonymous, no proxy.
    public static final RegistryOptions DEFAULT =
            new RegistryOptions(List.of(), false, Tls.DEFAULT, List.of(), Proxies.NONE, _ -> Login.ANONYMOUS, _ -> {});

    public RegistryOptions {
        hostsDirs = List.copyOf(hostsDirs);
        trustStores = List.copyOf(trustStores);
    }
}
