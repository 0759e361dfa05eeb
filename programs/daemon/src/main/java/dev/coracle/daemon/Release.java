package dev.coracle.daemon;

/// What this build says it is.
final class Release {
    static final String PROJECT = "dev.coracle/coracle";

    /// The version of containerd whose API is served. Clients parse it and compare.
    static final String VERSION = "v2.2.0";

    /// Our own version.
    static final String REVISION = dev.coracle.forwarding.Request.RELEASE;

    private Release() {}
}
