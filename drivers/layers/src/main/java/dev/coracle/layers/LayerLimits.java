package dev.coracle.layers;

/// How much one layer may ask of this machine. An archive of a few megabytes can otherwise fill
/// any disk.
///
/// @param entries members of the archive
/// @param bytes of the unpacked archive, and of all files in it together
/// @param ratio of unpacked to compressed bytes; real layers stay below 100, deflate reaches 1032
/// @param ratioFrom unpacked bytes below which the ratio is nobody's concern
public record LayerLimits(long entries, long bytes, long ratio, long ratioFrom) {
    /// Four million entries, 1 TiB, and 250:1 once there are 256 MiB.
    public static final LayerLimits DEFAULT = new LayerLimits(4_000_000, 1L << 40, 250, 1L << 28);

    void checkEntries(long seen) throws TarException {
        if (seen > entries) {
            throw new TarException("the layer has more than " + entries + " entries");
        }
    }

    void checkBytes(long unpacked) throws TarException {
        if (unpacked > bytes) {
            throw new TarException("the layer unpacks to more than the limit of " + bytes + " bytes");
        }
    }

    void checkRatio(long unpacked, long compressed) throws TarException {
        if (unpacked > ratioFrom && unpacked / ratio > compressed) {
            throw new TarException("the layer unpacks to more than " + ratio + " times its size (" + unpacked
                    + " bytes out of " + compressed + " so far), as a decompression bomb does");
        }
    }
}
