package dev.coracle.engine.images;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Platform;
import dev.coracle.core.content.ContentStore;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.Json;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// The documents behind images, read from a content store.
public record Documents(ContentStore content) {
    /// A document of at most a few megabytes.
    ///
    /// @throws NotFound when the store does not have it
    /// @throws InvalidArgument when it is larger than any document may be
    public byte[] read(Descriptor document) {
        try (var reader = content.open(document.digest())) {
            if (reader.size() > Json.LARGEST) {
                throw new InvalidArgument("document " + document.digest() + " of " + reader.size()
                        + " bytes is larger than the limit of " + Json.LARGEST);
            }
            var buffer = ByteBuffer.allocate((int) reader.size());
            while (buffer.hasRemaining() && reader.read(buffer, buffer.position()) >= 0) {
                // until full
            }
            return buffer.array();
        } catch (IOException e) {
            throw new Unavailable("read " + document.digest() + ": " + e.getMessage(), e);
        }
    }

    /// What a document names.
    public List<Descriptor> children(Descriptor document) {
        return ImageTree.children(document.mediaType(), read(document));
    }

    /// The descriptor of the manifest for a machine of this platform.
    ///
    /// @throws NotFound when there is none
    public Descriptor manifestFor(Descriptor target, Platform platform) {
        if (MediaTypes.isManifest(target.mediaType())) {
            return target;
        }
        if (!MediaTypes.isIndex(target.mediaType())) {
            throw new NotFound("image of type \"" + target.mediaType() + "\" has no manifest: not found");
        }
        var chosen = ImageTree.choose(children(target), platform)
                .orElseThrow(() -> new NotFound(
                        "no match for platform " + platform + " in manifest " + target.digest() + ": not found"));
        return manifestFor(chosen, platform);
    }

    /// The manifest for a machine of this platform.
    ///
    /// @throws NotFound when there is none
    public Manifest manifest(Descriptor target, Platform platform) {
        return Manifest.parse(read(manifestFor(target, platform)));
    }

    public ImageConfig config(Manifest manifest) {
        return ImageConfig.parse(read(manifest.config()));
    }
}
