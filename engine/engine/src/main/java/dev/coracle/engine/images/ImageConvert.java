package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Platform;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerCodec;
import dev.coracle.oci.ChangedDocument;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.security.DigestOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes another form of an image: layers packed another way, Docker's media types as OCI's, an
/// index with fewer platforms. Configurations stay as they are, since they name plain layers.
public final class ImageConvert {
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";
    private static final Map<String, String> OCI = Map.of(
            MediaTypes.DOCKER_INDEX, MediaTypes.OCI_INDEX,
            MediaTypes.DOCKER_MANIFEST, MediaTypes.OCI_MANIFEST,
            MediaTypes.DOCKER_CONFIG, MediaTypes.OCI_CONFIG);
    private static final Map<String, String> OCI_LAYERS = Map.of(
            "application/vnd.docker.image.rootfs.foreign.diff.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            MediaTypes.DOCKER_LAYER,
            MediaTypes.OCI_LAYER);

    private final ContentStore content;
    private final LayerCodec codec;
    private final Documents documents;
    private final Options options;

    /// How layers are packed.
    public enum Packing {
        AS_THEY_ARE,
        PLAIN,
        ZSTD
    }

    /// @param platforms the platforms of an index to keep; empty for all
    /// @param oci whether Docker's media types become OCI's. Layers in zstd need it: Docker has
    ///     no media type for them
    public record Options(List<Platform> platforms, Packing packing, boolean oci) {
        public Options {
            platforms = List.copyOf(platforms);
        }
    }

    public ImageConvert(ContentStore content, LayerCodec codec, Options options) {
        this.content = content;
        this.codec = codec;
        this.options = options;
        documents = new Documents(content);
    }

    /// The image in the other form; the same when there is nothing to do.
    ///
    /// @throws NotFound when something that is kept is not here
    public Descriptor convert(Descriptor image) {
        try {
            return converted(image);
        } catch (IOException e) {
            throw new Unavailable("convert " + image.digest() + ": " + e.getMessage(), e);
        }
    }

    private Descriptor converted(Descriptor source) throws IOException {
        if (MediaTypes.isLayer(source.mediaType())) {
            return typed(layer(source));
        }
        return ImageTree.hasChildren(source.mediaType()) ? document(source) : typed(source);
    }

    private Descriptor typed(Descriptor source) {
        var type = source.mediaType();
        if (!options.oci()) {
            return source;
        }
        var layer = OCI_LAYERS.entrySet().stream()
                .filter(entry -> type.startsWith(entry.getKey()))
                .map(entry -> entry.getValue()
                        + type.substring(entry.getKey().length()).replace('.', '+'))
                .findFirst();
        return as(source, layer.orElse(OCI.getOrDefault(type, type)), source.digest(), source.size());
    }

    private static Descriptor as(Descriptor source, String type, Digest digest, long size) {
        return new Descriptor(type, digest, size, source.annotations(), source.platform());
    }

    private Descriptor document(Descriptor source) throws IOException {
        var old = documents.read(source);
        var children = new HashMap<Descriptor, Descriptor>();
        for (var child : ImageTree.children(source.mediaType(), old)) {
            if (isWanted(child)) {
                children.put(child, converted(child));
            }
        }
        var type = typed(source).mediaType();
        var changed = ChangedDocument.of(old, type, child -> Optional.ofNullable(children.get(child)));
        var same = type.equals(source.mediaType())
                && ImageTree.children(type, changed).equals(ImageTree.children(type, old));
        if (same) {
            return source;
        }
        var stored = Blobs.put(content, type, changed);
        Blobs.link(content, stored, ImageTree.children(type, changed));
        return as(source, type, stored.digest(), stored.size());
    }

    private boolean isWanted(Descriptor child) {
        return options.platforms().isEmpty()
                || child.platform().isEmpty()
                || options.platforms().stream()
                        .anyMatch(platform -> child.platform().orElseThrow().equals(platform));
    }

    private Descriptor layer(Descriptor source) throws IOException {
        var plain = source.mediaType().replaceFirst("[.+](gzip|zstd)$", "");
        var wanted = switch (options.packing()) {
            case AS_THEY_ARE -> source.mediaType();
            case PLAIN -> plain;
            case ZSTD ->
                typed(as(source, plain, source.digest(), source.size())).mediaType() + "+zstd";
        };
        return wanted.equals(source.mediaType()) ? source : repacked(source, wanted);
    }

    private Descriptor repacked(Descriptor source, String type) throws IOException {
        var ref = "convert-" + options.packing() + "-from-" + source.digest();
        var stored = BlobStreams.store(content, ref, output -> {
            try (var tar = codec.plain(source.mediaType(), BlobStreams.input(content, source.digest()))) {
                var hash = Digest.sha256();
                try (var packed = codec.packed(type, output)) {
                    tar.transferTo(new DigestOutputStream(packed, hash));
                }
                return Map.of(UNCOMPRESSED, Digest.of(hash.digest()).toString());
            }
        });
        return as(source, type, stored.digest(), stored.size());
    }
}
