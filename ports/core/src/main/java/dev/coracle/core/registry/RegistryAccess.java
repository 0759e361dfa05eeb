package dev.coracle.core.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// How a caller reaches registries.
///
/// @param logins its credentials, asked for by the registry's host name whenever one wants them
/// @param hostsDirs directories with one sub-directory per registry (`hosts.toml`), the first that
///     has one counts
/// @param scheme for registries that no `hosts.toml` describes
/// @param headers added to every request
/// @param trace receives every request and response head, without credentials
public record RegistryAccess(
        Function<String, Login> logins,
        List<Path> hostsDirs,
        Scheme scheme,
        Map<String, List<String>> headers,
        Consumer<String> trace) {
    /// Nobody in particular, by https.
    public static final RegistryAccess ANONYMOUS =
            new RegistryAccess(_ -> Login.ANONYMOUS, List.of(), Scheme.SECURE, Map.of(), _ -> {});

    /// What is spoken to a registry.
    public enum Scheme {
        /// https with a verified certificate; plain http on the loopback.
        SECURE,
        /// https with any certificate, and plain http when the registry speaks no https.
        INSECURE,
        /// Plain http.
        PLAIN
    }

    public RegistryAccess {
        hostsDirs = List.copyOf(hostsDirs);
        headers = Map.copyOf(headers);
    }

    public RegistryAccess withLogins(Function<String, Login> other) {
        return new RegistryAccess(other, hostsDirs, scheme, headers, trace);
    }

    public RegistryAccess withHostsDirs(List<Path> other) {
        return new RegistryAccess(logins, other, scheme, headers, trace);
    }

    public RegistryAccess withScheme(Scheme other) {
        return new RegistryAccess(logins, hostsDirs, other, headers, trace);
    }

    public RegistryAccess withHeaders(Map<String, List<String>> other) {
        return new RegistryAccess(logins, hostsDirs, scheme, other, trace);
    }
}
