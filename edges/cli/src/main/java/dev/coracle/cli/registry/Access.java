package dev.coracle.cli.registry;

import dev.coracle.cli.Session;
import dev.coracle.core.registry.RegistryAccess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How a caller reaches registries: with its own credentials and `certs.d` directories.
public final class Access {
    private Access() {}

    public static RegistryAccess of(Session session) {
        var store = new CredentialStore(session);
        var settings = session.settings();
        var scheme = settings.insecureRegistry() ? RegistryAccess.Scheme.INSECURE : RegistryAccess.Scheme.SECURE;
        var directories = settings.hostsDirectories().isEmpty() ? usual(session) : settings.hostsDirectories();
        return new RegistryAccess(store::login, directories, scheme, Map.of(), _ -> {});
    }

    private static List<Path> usual(Session session) {
        var invocation = session.invocation();
        var set = invocation.variable("XDG_CONFIG_HOME");
        var home =
                set.isEmpty() ? invocation.path(invocation.variable("HOME")).resolve(".config") : invocation.path(set);
        return Stream.of(
                        home.resolve("containerd/certs.d"),
                        home.resolve("docker/certs.d"),
                        Path.of("/etc/containerd/certs.d"),
                        Path.of("/etc/docker/certs.d"))
                .filter(java.nio.file.Files::isDirectory)
                .toList();
    }
}
