package dev.coracle.core.registry;

/// Credentials for a registry: user and password, or, without a user, a refresh token.
public record Login(String user, String secret) {
    /// No credentials: anonymous access.
    public static final Login ANONYMOUS = new Login("", "");

    /// Whether there is nothing to present.
    public boolean isAnonymous() {
        return secret.isEmpty();
    }

    /// Hides the secret.
    @Override
    public String toString() {
        return "Login[user=" + user + "]";
    }
}
