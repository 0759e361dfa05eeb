package dev.coracle.commands.client;

import com.google.protobuf.FieldMask;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.DeleteImageRequest;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.Image;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.images.ListImagesRequest;
import dev.coracle.containerd.api.images.UpdateImageRequest;
import dev.coracle.core.content.ContentStore;
import dev.coracle.engine.images.Documents;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.Manifest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The images of one namespace, and the documents behind them.
public final class Images {
    private final ImagesGrpc.ImagesBlockingStub images;
    private final Documents documents;

    public Images(Connection connection) {
        images = connection.stub(ImagesGrpc::newBlockingStub);
        documents = new Documents(new RemoteContent(connection));
    }

    public ContentStore content() {
        return documents.content();
    }

    /// @throws NotFound when there is none of this name
    public Image get(String name) {
        var request = GetImageRequest.newBuilder().setName(name).build();
        return Connection.call(() -> images.get(request)).getImage();
    }

    public List<Image> list(List<String> filters) {
        var request = ListImagesRequest.newBuilder().addAllFilters(filters).build();
        return Connection.call(() -> images.list(request)).getImagesList();
    }

    /// Creates the image or points an existing one to the new target.
    public Image put(String name, Descriptor target, Map<String, String> labels) {
        var image = Image.newBuilder()
                .setName(name)
                .putAllLabels(labels)
                .setTarget(wire(target))
                .build();
        while (true) {
            try {
                var request = CreateImageRequest.newBuilder().setImage(image).build();
                return Connection.call(() -> images.create(request)).getImage();
            } catch (AlreadyExists known) {
                try {
                    var request = UpdateImageRequest.newBuilder()
                            .setImage(image)
                            .setUpdateMask(
                                    FieldMask.newBuilder().addPaths("target").addPaths("labels"))
                            .build();
                    return Connection.call(() -> images.update(request)).getImage();
                } catch (NotFound removedMeanwhile) {
                    // create it after all
                }
            }
        }
    }

    /// @throws AlreadyExists when the name is taken
    public Image create(String name, Descriptor target, Map<String, String> labels) {
        var image = Image.newBuilder().setName(name).putAllLabels(labels).setTarget(wire(target));
        var request = CreateImageRequest.newBuilder().setImage(image).build();
        return Connection.call(() -> images.create(request)).getImage();
    }

    public Image label(String name, Map<String, String> labels, boolean replaceAll) {
        var mask = FieldMask.newBuilder();
        if (replaceAll) {
            mask.addPaths("labels");
        } else {
            labels.keySet().forEach(key -> mask.addPaths("labels." + key));
        }
        var request = UpdateImageRequest.newBuilder()
                // containerd itself falls over a request without a target, which the mask keeps it from using
                .setImage(Image.newBuilder()
                        .setName(name)
                        .setTarget(dev.coracle.containerd.api.types.Descriptor.getDefaultInstance())
                        .putAllLabels(labels))
                .setUpdateMask(mask)
                .build();
        return Connection.call(() -> images.update(request)).getImage();
    }

    public void delete(String name, boolean wait) {
        var request =
                DeleteImageRequest.newBuilder().setName(name).setSync(wait).build();
        Connection.call(() -> images.delete(request));
    }

    /// Stores a document, with labels.
    public Descriptor store(String mediaType, String ref, byte[] document, Map<String, String> labels) {
        var digest = Digest.ofBytes(document);
        try (var writer = content().writer(ref, document.length, Optional.of(digest))) {
            writer.truncate(0);
            writer.write(ByteBuffer.wrap(document));
            writer.commit(document.length, Optional.of(digest), labels);
        } catch (AlreadyExists present) {
            // as good
        }
        return new Descriptor(mediaType, digest, document.length);
    }

    public static Descriptor target(Image image) {
        return of(image.getTarget());
    }

    public static Descriptor of(dev.coracle.containerd.api.types.Descriptor wire) {
        return new Descriptor(
                wire.getMediaType(),
                Digest.parse(wire.getDigest()),
                wire.getSize(),
                wire.getAnnotationsMap(),
                Optional.empty());
    }

    public static dev.coracle.containerd.api.types.Descriptor wire(Descriptor descriptor) {
        return dev.coracle.containerd.api.types.Descriptor.newBuilder()
                .setMediaType(descriptor.mediaType())
                .setDigest(descriptor.digest().toString())
                .setSize(descriptor.size())
                .putAllAnnotations(descriptor.annotations())
                .build();
    }

    /// A document of at most a few megabytes.
    ///
    /// @throws NotFound when the daemon does not have it
    public byte[] read(Descriptor document) {
        return documents.read(document);
    }

    /// What a document names.
    public List<Descriptor> children(Descriptor document) {
        return documents.children(document);
    }

    /// The descriptor of the manifest for a machine of this platform.
    ///
    /// @throws NotFound when there is none
    public Descriptor manifestFor(Descriptor target, Platform platform) {
        return documents.manifestFor(target, platform);
    }

    /// The manifest for a machine of this platform.
    ///
    /// @throws NotFound when there is none
    public Manifest manifest(Descriptor target, Platform platform) {
        return documents.manifest(target, platform);
    }

    public ImageConfig config(Manifest manifest) {
        return documents.config(manifest);
    }
}
