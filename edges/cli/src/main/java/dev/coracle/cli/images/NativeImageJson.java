package dev.coracle.cli.images;

import dev.coracle.cli.view.JsonValues;
import dev.coracle.engine.images.ImageDetails;
import dev.coracle.gotemplate.GoStruct;
import dev.coracle.oci.Descriptor;
import java.util.TreeMap;

/// An image as containerd has it, `inspect --mode native`: its record and the documents behind it.
public final class NativeImageJson {
    private NativeImageJson() {}

    public static GoStruct of(ImageDetails details) {
        var image = details.image();
        var target = descriptor(image.target());
        var builder = GoStruct.of("native.Image")
                .put(
                        "Image",
                        GoStruct.of("images.Image")
                                .put("Name", image.name())
                                .put("Labels", new TreeMap<>(image.labels()))
                                .put("Target", target)
                                .put("CreatedAt", image.named())
                                .build());
        if (!details.index().isEmpty()) {
            builder.put("IndexDesc", target).put("Index", JsonValues.parse(details.index(), "index"));
        }
        return builder.put("ManifestDesc", descriptor(details.manifestDescriptor()))
                .put("Manifest", JsonValues.parse(details.manifestDocument(), "manifest"))
                .put("ImageConfigDesc", descriptor(details.manifest().config()))
                .put("ImageConfig", JsonValues.parse(details.document(), "configuration"))
                .put("Size", "size", image.unpacked())
                .build();
    }

    private static GoStruct descriptor(Descriptor descriptor) {
        return GoStruct.of("v1.Descriptor")
                .put("MediaType", "mediaType", descriptor.mediaType())
                .put("Digest", "digest", descriptor.digest().toString())
                .put("Size", "size", descriptor.size())
                .optional("Annotations", "annotations", new TreeMap<>(descriptor.annotations()))
                .build();
    }
}
