package dev.coracle.cli.registry;

/// A user and password; without a user the secret is an identity token.
record Credentials(String user, String secret) {
    /// Hides the secret.
    @Override
    public String toString() {
        return "Credentials[user=" + user + "]";
    }
}
