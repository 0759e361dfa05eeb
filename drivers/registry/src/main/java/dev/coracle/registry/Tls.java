package dev.coracle.registry;

import java.nio.file.Path;
import java.util.List;

/// What a connection trusts and presents: files of PEM certificates beside (`authorities`) the
/// machine's own, certificate and key pairs, or no verification at all.
public record Tls(List<Path> authorities, List<KeyPair> keyPairs, boolean skipVerify) {
    /// The machine's own authorities, no client certificate.
    public static final Tls DEFAULT = new Tls(List.of(), List.of(), false);

    public Tls {
        authorities = List.copyOf(authorities);
        keyPairs = List.copyOf(keyPairs);
    }

    /// A client certificate; the key stands in the same file when both paths are equal.
    public record KeyPair(Path certificate, Path key) {}
}
