package dev.coracle.registry;

import dev.coracle.base.EngineException.Unauthenticated;
import dev.coracle.core.registry.Login;
import dev.coracle.oci.BearerToken;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Answers the challenges of registries: Basic, or a bearer token fetched from the server that
/// the challenge names (docker's token protocol and its OAuth 2 form). What worked is remembered
/// per host and scope, and a token is renewed shortly before it ends.
final class Authorizer {
    private static final String CLIENT_ID = "coracle";
    private static final Duration EARLY = Duration.ofSeconds(10);

    private final Function<String, Login> logins;
    private final TokenEndpoint endpoint;
    private final InstantSource clock;
    private final Map<Key, Grant> grants = new ConcurrentHashMap<>();

    Authorizer(Function<String, Login> logins, TokenEndpoint endpoint, InstantSource clock) {
        this.logins = logins;
        this.endpoint = endpoint;
        this.clock = clock;
    }

    /// Asks an authorization server: the body of a 200, or nothing for another status.
    interface TokenEndpoint {
        Optional<byte[]> get(RegistryHost host, URI uri, Optional<String> authorization);

        Optional<byte[]> post(RegistryHost host, URI uri, String form);
    }

    private record Key(String host, String scope) {}

    private record Grant(String header, Instant until) {}

    /// The header to send with a request for this scope, when one is known.
    Optional<String> header(RegistryHost host, String scope) {
        var grant = grants.get(new Key(host.authority(), scope));
        return grant != null && clock.instant().isBefore(grant.until())
                ? Optional.of(grant.header())
                : Optional.empty();
    }

    /// Answers a 401. Afterwards [#header] has something new.
    ///
    /// @throws Unauthenticated when nothing can be presented
    void answer(RegistryHost host, String scope, List<Challenge> challenges) {
        grants.remove(new Key(host.authority(), scope));
        var login = logins.apply(host.authority());
        for (var challenge : challenges) {
            var grant = switch (challenge.scheme()) {
                case "bearer" -> bearer(host, scope, challenge, login);
                case "basic" -> basic(login);
                default -> Optional.<Grant>empty();
            };
            if (grant.isPresent()) {
                grants.put(new Key(host.authority(), scope), grant.get());
                return;
            }
        }
        throw refused(host, challenges.isEmpty() ? "it asks for no known kind of credentials" : "no credentials given");
    }

    static dev.coracle.base.EngineException refused(RegistryHost host, String why) {
        return new Unauthenticated("authorize at " + host.authority() + ": " + why + ": unauthorized")
                .remedy("give credentials for " + host.authority() + " (--user name:password)");
    }

    private static Optional<Grant> basic(Login login) {
        return login.isAnonymous() || login.user().isEmpty()
                ? Optional.empty()
                : Optional.of(new Grant(basicHeader(login), Instant.MAX));
    }

    private static String basicHeader(Login login) {
        var pair = login.user() + ":" + login.secret();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<Grant> bearer(RegistryHost host, String scope, Challenge challenge, Login login) {
        var realm = realm(host, challenge);
        var parameters = new LinkedHashMap<String, String>();
        if (!challenge.parameter("service").isEmpty()) {
            parameters.put("service", challenge.parameter("service"));
        }
        var wanted = scope.isEmpty() ? challenge.parameter("scope") : scope;
        if (!wanted.isEmpty()) {
            parameters.put("scope", wanted);
        }
        var body = login.isAnonymous() ? Optional.<byte[]>empty() : oauth(host, realm, parameters, login);
        if (body.isEmpty()) {
            var header = basic(login).map(Grant::header);
            body = endpoint.get(host, withQuery(realm, parameters), header);
        }
        var token = BearerToken.parse(
                body.orElseThrow(() -> refused(host, "credentials were not accepted by " + realm.getHost())));
        return Optional.of(new Grant(
                "Bearer " + token.token(),
                clock.instant().plus(token.lifetime()).minus(EARLY)));
    }

    private static URI realm(RegistryHost host, Challenge challenge) {
        try {
            var realm = URI.create(challenge.parameter("realm"));
            if (realm.getHost() != null && List.of("http", "https").contains(realm.getScheme())) {
                return realm;
            }
        } catch (IllegalArgumentException malformed) {
            // the same answer as for a realm that is no web address
        }
        throw refused(host, "its token server \"" + challenge.parameter("realm") + "\" is not a web address");
    }

    private Optional<byte[]> oauth(RegistryHost host, URI realm, Map<String, String> parameters, Login login) {
        var form = new LinkedHashMap<>(parameters);
        form.put("client_id", CLIENT_ID);
        if (login.user().isEmpty()) {
            form.put("grant_type", "refresh_token");
            form.put("refresh_token", login.secret());
        } else {
            form.put("grant_type", "password");
            form.put("username", login.user());
            form.put("password", login.secret());
        }
        return endpoint.post(host, realm, encoded(form));
    }

    private static URI withQuery(URI realm, Map<String, String> parameters) {
        var text = realm.toString();
        return URI.create(text + (text.indexOf('?') < 0 ? "?" : "&") + encoded(parameters));
    }

    private static String encoded(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
