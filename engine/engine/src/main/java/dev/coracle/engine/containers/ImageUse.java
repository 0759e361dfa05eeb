package dev.coracle.engine.containers;

/// How the image is come by.
///
/// @param platform `os/arch[/variant]`, or empty: this machine's
/// @param rootfs whether the image's name is a directory that is used as it is
public record ImageUse(Pull pull, String platform, boolean rootfs) {
    /// Pulled when it is not there.
    public static final ImageUse MISSING = new ImageUse(Pull.MISSING, "", false);

    /// When an image is pulled.
    public enum Pull {
        ALWAYS,
        MISSING,
        NEVER
    }
}
