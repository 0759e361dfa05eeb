package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.Platform;
import dev.coracle.oci.Descriptor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One name of an image in a list.
///
/// @param name as it is stored: in full
/// @param target what the name points to: a manifest or an index
/// @param config the digest of the configuration for this machine, Docker's image id; empty when
///     the image is not here for it
/// @param created when the image was made, as its configuration says; else when the name was
/// @param content bytes of its documents and layers as they were brought
/// @param unpacked bytes of its snapshots, without what is not unpacked
public record ImageView(
        String name,
        Descriptor target,
        Optional<Digest> config,
        List<Platform> platforms,
        Instant created,
        Instant named,
        Map<String, String> labels,
        long content,
        long unpacked) {
    public ImageView {
        platforms = List.copyOf(platforms);
        labels = Map.copyOf(labels);
    }

    /// Whether nobody gave it a name: it is stored under its digest.
    public boolean isDangling() {
        return isDangling(name);
    }

    static boolean isDangling(String name) {
        return name.startsWith("sha256:") || name.startsWith("sha512:");
    }
}
