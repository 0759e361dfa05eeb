package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.time.Duration;

/// What an authorization server answers: the token for the registry and how long it holds.
public record BearerToken(String token, Duration lifetime, String refreshToken) {
    private static final String WHAT = "token response";
    private static final Duration SHORTEST = Duration.ofSeconds(60);

    /// Reads the answer of a token endpoint (`token` or OAuth 2's `access_token`).
    ///
    /// @throws InvalidArgument when it has no token
    public static BearerToken parse(byte[] body) {
        var node = Json.object(body, WHAT);
        var access = Json.text(node, "access_token", WHAT);
        var token = access.isEmpty() ? Json.text(node, "token", WHAT) : access;
        if (token.isEmpty()) {
            throw new InvalidArgument(WHAT + " has no token");
        }
        var seconds = Duration.ofSeconds(Math.clamp(Json.whole(node, "expires_in", WHAT), 0, 86_400));
        return new BearerToken(
                token, seconds.compareTo(SHORTEST) < 0 ? SHORTEST : seconds, Json.text(node, "refresh_token", WHAT));
    }
}
