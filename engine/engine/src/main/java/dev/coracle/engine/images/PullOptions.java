package dev.coracle.engine.images;

import dev.coracle.base.Platform;
import dev.coracle.core.registry.RegistryAccess;
import java.util.List;
import java.util.Map;

/// How an image is brought.
///
/// @param platforms whose layers are wanted; empty means every platform's
/// @param otherMetadata also manifests and configurations of other platforms
/// @param unpacks what is unpacked on the way
/// @param labels of the image's record
/// @param atOnce how many blobs are fetched at the same time
public record PullOptions(
        RegistryAccess access,
        List<Platform> platforms,
        boolean otherMetadata,
        List<UnpackTarget> unpacks,
        Map<String, String> labels,
        int atOnce) {
    /// How many blobs are fetched at the same time when nobody says otherwise.
    public static final int AT_ONCE = 4;

    public PullOptions {
        platforms = List.copyOf(platforms);
        unpacks = List.copyOf(unpacks);
        labels = Map.copyOf(labels);
    }
}
