package dev.coracle.cli.registry;

import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.cli.ClientFiles;
import dev.coracle.cli.Session;
import dev.coracle.core.registry.Login;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The caller's credentials for registries: docker's `config.json` and its helpers.
public final class CredentialStore {
    private static final String DOCKER_HUB = "https://index.docker.io/v1/";
    private static final List<String> HUB_NAMES =
            List.of("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com");

    private final Session session;

    public CredentialStore(Session session) {
        this.session = session;
    }

    /// What the file calls a registry.
    static String key(String registry) {
        var host = host(registry);
        return HUB_NAMES.contains(host) ? DOCKER_HUB : host;
    }

    static String host(String registry) {
        return registry.replaceFirst("^https?://", "").replaceFirst("/.*", "");
    }

    /// The spellings of a registry that programs have used.
    private static List<String> spellings(String registry) {
        var key = key(registry);
        if (key.equals(DOCKER_HUB)) {
            return Stream.concat(Stream.of(DOCKER_HUB), HUB_NAMES.stream()).toList();
        }
        return Stream.of("", "https://", "http://")
                .flatMap(scheme -> Stream.of("", "/", "/v1/", "/v2/").map(path -> scheme + key + path))
                .toList();
    }

    /// Credentials for a registry's host, or none.
    public Login login(String registry) {
        try {
            return find(registry)
                    .map(found -> new Login(found.user(), found.secret()))
                    .orElse(Login.ANONYMOUS);
        } catch (IOException e) {
            throw new Unavailable("read credentials: " + ClientFiles.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Aborted("read credentials of " + registry + ": interrupted", e);
        }
    }

    Optional<Credentials> find(String registry) throws IOException, InterruptedException {
        var config = DockerConfig.read(session.invocation());
        var helper = helper(config, registry);
        if (helper.isPresent()) {
            var kept = helper.get().get(key(registry));
            if (kept.isPresent()) {
                return kept;
            }
        }
        return spellings(registry).stream()
                .flatMap(key -> config.find(key).stream())
                .findFirst();
    }

    private Optional<CredentialProgram> helper(DockerConfig config, String registry) {
        return config.helper(key(registry))
                .map(name -> new CredentialProgram(name, session.host().programs(), session.invocation()));
    }

    /// Keeps credentials where the configuration says.
    ///
    /// @return a warning, when they are kept in a file
    Optional<String> store(String registry, Credentials credentials) throws IOException, InterruptedException {
        var config = DockerConfig.read(session.invocation());
        var helper = helper(config, registry);
        if (helper.isPresent()) {
            helper.get().store(key(registry), credentials);
            return Optional.empty();
        }
        config.put(key(registry), credentials);
        return Optional.of("Your credentials are stored unencrypted in '" + config.file() + "'.\n"
                + "Configure a credential helper to remove this warning. See\n"
                + "https://docs.docker.com/go/credential-store/\n");
    }

    /// Forgets credentials.
    ///
    /// @return whether there were any in the file
    boolean erase(String registry) throws IOException, InterruptedException {
        var config = DockerConfig.read(session.invocation());
        var helper = helper(config, registry);
        if (helper.isPresent()) {
            helper.get().erase(key(registry));
        }
        var found = helper.isPresent();
        for (var spelling : spellings(registry)) {
            found |= config.remove(spelling);
        }
        return found;
    }
}
