package dev.coracle.base;

import dev.coracle.base.EngineException.InvalidArgument;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/// The name of content by its bytes: `sha256:` and 64 lower-case hexadecimal digits, or `sha512:`
/// and 128 (image-spec, descriptor.md, "Digests"). Parsing refuses everything else, so a digest
/// is safe as a file name.
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
    private static final Map<String, Integer> HEX_LENGTHS = Map.of("sha256", 64, "sha512", 128);

    public Digest {
        var length = HEX_LENGTHS.get(algorithm);
        if (length == null) {
            throw new InvalidArgument("digest algorithm \"" + algorithm + "\" is not sha256 or sha512");
        }
        if (hex.length() != length || !hex.chars().allMatch(Digest::isLowerHex)) {
            throw new InvalidArgument(
                    "digest \"" + algorithm + ":" + hex + "\" is not " + length + " lower-case hexadecimal digits");
        }
    }

    /// Reads `algorithm:hex`.
    ///
    /// @throws InvalidArgument when the text is not a digest
    public static Digest parse(String text) {
        var colon = text.indexOf(':');
        if (colon < 0) {
            throw new InvalidArgument("digest \"" + text + "\" has no algorithm");
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /// The sha256 digest of these bytes.
    public static Digest ofBytes(byte[] bytes) {
        return of(sha256().digest(bytes));
    }

    /// The digest whose 32 (sha256) or 64 (sha512) raw bytes a message digest gave.
    public static Digest of(byte[] hash) {
        return new Digest(
                hash.length == 64 ? "sha512" : "sha256", HexFormat.of().formatHex(hash));
    }

    /// A new sha256 computation.
    public static MessageDigest sha256() {
        return hasher("SHA-256");
    }

    /// A new computation of this digest's algorithm.
    public MessageDigest hasher() {
        return hasher(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
    }

    private static MessageDigest hasher(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }

    private static boolean isLowerHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
