package dev.coracle.engine.images;

import dev.coracle.base.Platform;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.ImageHistory;
import dev.coracle.oci.Manifest;
import java.util.List;

/// One image for one platform, with its documents.
///
/// @param image the record and the sizes
/// @param names every name of the same target, in full
/// @param manifestDescriptor of the manifest
/// @param index the index that the image's name points to, as it is stored, JSON; empty when it is a manifest
/// @param manifestDocument the manifest as it is stored, JSON
/// @param document the configuration as it is stored, JSON
/// @param chainId the name of its top snapshot
public record ImageDetails(
        ImageView image,
        List<String> names,
        Platform platform,
        Descriptor manifestDescriptor,
        Manifest manifest,
        ImageConfig config,
        ImageHistory history,
        String index,
        String manifestDocument,
        String document,
        String chainId) {
    public ImageDetails {
        names = List.copyOf(names);
    }
}
