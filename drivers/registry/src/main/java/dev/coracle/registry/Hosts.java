package dev.coracle.registry;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Reference;
import dev.coracle.core.registry.RegistryAccess.Scheme;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the hosts that answer for a registry: those of its `hosts.toml`, or of Docker's older
/// `certs.d` layout, or the registry itself.
final class Hosts {
    private static final String DOCKER_HOST = "registry-1.docker.io";

    private final RegistryOptions options;

    Hosts(RegistryOptions options) {
        this.options = options;
    }

    /// The hosts to ask, in order.
    ///
    /// @throws InvalidArgument when its configuration is malformed
    List<RegistryHost> of(String domain) {
        var directory = directory(domain);
        if (directory.isEmpty()) {
            return undescribed(domain);
        }
        var file = directory.get().resolve("hosts.toml");
        if (!Files.exists(file)) {
            return List.of(itself(domain, dockerLayout(directory.get())));
        }
        return HostsFile.read(file, tls -> itself(domain, tls));
    }

    /// By https, and where the caller allows it, with any certificate, or by http when that fails.
    private List<RegistryHost> undescribed(String domain) {
        var secure = itself(domain, options.tls());
        if (options.access().scheme() != Scheme.INSECURE) {
            return List.of(secure);
        }
        var tls = new Tls(options.tls().authorities(), options.tls().keyPairs(), true);
        var trusting =
                secure.base().getScheme().equals("https") ? List.of(itself(domain, tls)) : List.<RegistryHost>of();
        var hosts = new ArrayList<>(trusting);
        hosts.add(new RegistryHost(
                URI.create("http://" + secure.authority() + "/v2"), RegistryHost.ALL, tls, Map.of(), Duration.ZERO));
        return List.copyOf(hosts);
    }

    /// containerd's order: `host_port_`, `host:port`, `_default`.
    private Optional<Path> directory(String domain) {
        var names = new ArrayList<String>();
        var colon = domain.lastIndexOf(':');
        if (colon > domain.lastIndexOf(']')) {
            names.add(domain.substring(0, colon) + "_" + domain.substring(colon + 1) + "_");
        }
        names.add(domain);
        names.add("_default");
        for (var root : options.access().hostsDirs()) {
            for (var name : names) {
                var directory = root.resolve(name);
                if (Files.isDirectory(directory)) {
                    return Optional.of(directory);
                }
            }
        }
        return Optional.empty();
    }

    private RegistryHost itself(String domain, Tls tls) {
        var docker = domain.equals(Reference.DEFAULT_DOMAIN);
        var scheme = docker
                ? "https"
                : options.access().scheme() == Scheme.PLAIN || Loopback.speaksHttp(domain) ? "http" : "https";
        var base = URI.create(scheme + "://" + (docker ? DOCKER_HOST : domain) + "/v2");
        return new RegistryHost(base, RegistryHost.ALL, tls, Map.of(), Duration.ZERO);
    }

    /// `*.crt` are authorities; `x.cert` and `x.key` are a client's certificate and key.
    private Tls dockerLayout(Path directory) {
        var authorities = new ArrayList<>(options.tls().authorities());
        var pairs = new ArrayList<>(options.tls().keyPairs());
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                if (name.endsWith(".crt")) {
                    authorities.add(file);
                } else if (name.endsWith(".cert")) {
                    pairs.add(new Tls.KeyPair(file, keyOf(file, name)));
                }
            }
        } catch (IOException e) {
            throw new InvalidArgument("read registry configuration " + directory + ": " + e.getMessage(), e);
        }
        return new Tls(authorities, pairs, options.tls().skipVerify());
    }

    private static Path keyOf(Path certificate, String name) {
        var key = certificate.resolveSibling(name.substring(0, name.length() - ".cert".length()) + ".key");
        if (!Files.exists(key)) {
            throw new InvalidArgument("client certificate " + certificate + " has no key file " + key);
        }
        return key;
    }
}
