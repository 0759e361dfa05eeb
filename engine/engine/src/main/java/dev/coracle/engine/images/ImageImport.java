package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.core.content.ContentStore;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.DockerArchive;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.Index;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/// Brings an image archive into the daemon: an OCI layout, or what `docker save` writes.
public final class ImageImport {
    private static final int PIECE = 1 << 20;
    private static final int LARGEST_DOCUMENT = 4 << 20;
    private static final String BLOBS = "blobs/";
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";
    private static final String IMAGE_NAME = "io.containerd.image.name";
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    private final ContentStore content;
    private final Documents stored;
    private final Map<String, Descriptor> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private final Map<String, byte[]> documents = new HashMap<>();
    private final boolean compress;
    private final List<Platform> platforms;

    public ImageImport(ContentStore content) {
        this(content, false, List.of());
    }

    /// @param compress whether plain layers of a docker archive are gzipped
    /// @param platforms whose content is kept; none for that of all
    public ImageImport(ContentStore content, boolean compress, List<Platform> platforms) {
        this.content = content;
        this.compress = compress;
        this.platforms = List.copyOf(platforms);
        stored = new Documents(content);
    }

    /// What an archive holds: the index of everything in it, which is stored too, and its images
    /// with the annotations by which they are named; an image of several names stands there as often.
    public record Archive(Descriptor index, List<Descriptor> images) {
        public Archive {
            images = List.copyOf(images);
        }

        /// The images, each once, with all its names.
        public List<Found> found() {
            var found = new LinkedHashMap<Digest, Found>();
            for (var image : images) {
                var full = image.annotations().getOrDefault(IMAGE_NAME, "");
                var name = full.isEmpty() ? image.annotations().getOrDefault(REF_NAME, "") : full;
                var plain = new Descriptor(image.mediaType(), image.digest(), image.size());
                var names = new ArrayList<>(found.getOrDefault(image.digest(), new Found(plain, List.of()))
                        .names());
                if (!name.isEmpty()) {
                    names.add(name);
                }
                found.put(image.digest(), new Found(plain, names));
            }
            return List.copyOf(found.values());
        }
    }

    /// An image found in the archive, with the names it goes by; none when the archive has none.
    public record Found(Descriptor target, List<String> names) {
        public Found {
            names = List.copyOf(names);
        }
    }

    /// Reads the whole archive into the content store and tells its images.
    ///
    /// @throws InvalidArgument when it is neither of the two formats
    public Archive read(InputStream archive) throws IOException {
        var reader = new ArchiveReader(archive);
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            take(reader, entry.get());
        }
        if (documents.containsKey("index.json")) {
            return layout(document("index.json"));
        }
        if (documents.containsKey("manifest.json")) {
            return docker(DockerArchive.parse(document("manifest.json")));
        }
        throw new InvalidArgument("unrecognized image format: neither index.json nor manifest.json in the archive");
    }

    private byte[] document(String name) {
        return documents.getOrDefault(name, new byte[0]);
    }

    private void take(ArchiveReader reader, ArchiveReader.Entry entry) throws IOException {
        var name = entry.name();
        if (!entry.link().isEmpty()) {
            links.put(name, resolve(name, entry.link()));
        } else if (entry.isFile() && (name.equals("index.json") || name.equals("manifest.json"))) {
            if (entry.size() > LARGEST_DOCUMENT) {
                throw new InvalidArgument("image archive: " + name + " of " + entry.size() + " bytes is too large");
            }
            var bytes = new byte[(int) entry.size()];
            reader.read(bytes);
            documents.put(name, bytes);
        } else if (entry.isFile() && name.startsWith(BLOBS) && name.split("/").length == 3) {
            var parts = name.split("/");
            var digest = new Digest(parts[1], parts[2]);
            files.put(name, store(reader, "blob-" + digest, entry.size(), Optional.of(digest)));
        } else if (entry.isFile() && !name.equals("oci-layout") && !name.equals("repositories")) {
            files.put(name, store(reader, "tar-" + name, entry.size(), Optional.empty()));
        }
    }

    private static String resolve(String name, String link) {
        var slash = name.lastIndexOf('/');
        return java.nio.file.Path.of(slash < 0 ? "" : name.substring(0, slash), link)
                .normalize()
                .toString();
    }

    private Descriptor store(ArchiveReader reader, String ref, long size, Optional<Digest> expected)
            throws IOException {
        try (var writer = content.writer(ref, size, expected)) {
            if (writer.status().offset() > 0) {
                writer.truncate(0);
            }
            var piece = new byte[PIECE];
            var kind = "";
            for (var count = reader.read(piece); count > 0; count = reader.read(piece)) {
                kind = kind.isEmpty() ? kind(piece, count) : kind;
                writer.write(ByteBuffer.wrap(piece, 0, count));
            }
            var digest = writer.digest();
            try {
                writer.commit(size, expected, Map.of());
            } catch (AlreadyExists present) {
                // the same blob by another name
            }
            return new Descriptor(kind, digest, size);
        } catch (AlreadyExists present) {
            return new Descriptor("", expected.orElseThrow(), size);
        }
    }

    private static String kind(byte[] piece, int count) {
        return count > 1 && piece[0] == 0x1f && (piece[1] & 0xff) == 0x8b
                ? MediaTypes.DOCKER_LAYER_GZIP
                : MediaTypes.DOCKER_LAYER;
    }

    private Archive layout(byte[] document) {
        var index = Index.parse(document);
        var stored = Blobs.put(content, MediaTypes.OCI_INDEX, document);
        Blobs.link(content, stored, index.manifests());
        index.manifests().stream().filter(this::isKept).forEach(this::link);
        return new Archive(stored, index.manifests());
    }

    private Descriptor compressed(Descriptor layer) {
        if (!compress || !layer.mediaType().equals(MediaTypes.DOCKER_LAYER)) {
            return layer;
        }
        try {
            var gzipped = BlobStreams.store(content, "compress-" + layer.digest(), output -> {
                try (var plain = BlobStreams.input(content, layer.digest());
                        var gzip = new GZIPOutputStream(output, PIECE)) {
                    plain.transferTo(gzip);
                }
                return Map.of(UNCOMPRESSED, layer.digest().toString());
            });
            return new Descriptor(MediaTypes.DOCKER_LAYER_GZIP, gzipped.digest(), gzipped.size());
        } catch (IOException e) {
            throw new Unavailable("compress layer " + layer.digest() + ": " + e.getMessage(), e);
        }
    }

    private Archive docker(List<DockerArchive> entries) {
        var images = new ArrayList<Descriptor>();
        for (var entry : entries) {
            var config = file(entry.config());
            var layers = entry.layers().stream()
                    .map(this::file)
                    .map(layer -> new Descriptor(
                            layer.mediaType().isEmpty() ? MediaTypes.DOCKER_LAYER : layer.mediaType(),
                            layer.digest(),
                            layer.size()))
                    .map(this::compressed)
                    .toList();
            var manifest = new Manifest(
                    MediaTypes.DOCKER_MANIFEST,
                    new Descriptor(MediaTypes.DOCKER_CONFIG, config.digest(), config.size()),
                    layers,
                    Map.of());
            var target = Blobs.put(content, MediaTypes.DOCKER_MANIFEST, manifest.json());
            link(target);
            var platform = Optional.of(stored.config(manifest).platform());
            var tags = entry.repoTags().isEmpty() ? List.of("") : entry.repoTags();
            tags.forEach(tag -> images.add(
                    new Descriptor(target.mediaType(), target.digest(), target.size(), annotations(tag), platform)));
        }
        return layout(new Index(MediaTypes.OCI_INDEX, images, Map.of()).json());
    }

    private static Map<String, String> annotations(String tag) {
        if (tag.isEmpty()) {
            return Map.of();
        }
        var name = Reference.parse(tag).withDefaultTag();
        return Map.of(IMAGE_NAME, name.toString(), REF_NAME, name.object());
    }

    private Descriptor file(String name) {
        var followed = name;
        for (var hops = 0; hops < 8 && links.containsKey(followed); hops++) {
            followed = links.getOrDefault(followed, followed);
        }
        var file = files.get(followed);
        if (file == null) {
            throw new NotFound("image archive: it names " + name + ", which is not in it: not found");
        }
        return file;
    }

    /// Labels parents with their children, as far as the archive has them.
    private void link(Descriptor parent) {
        if (!ImageTree.hasChildren(parent.mediaType())) {
            return;
        }
        List<Descriptor> children;
        try {
            children = stored.children(parent);
        } catch (NotFound otherPlatform) {
            return;
        }
        Blobs.link(content, parent, children);
        children.stream().filter(this::isKept).forEach(this::link);
    }

    /// What is not linked to its children keeps none of them: they go with the next collection.
    private boolean isKept(Descriptor child) {
        return platforms.isEmpty()
                || child.platform().isEmpty()
                || platforms.stream()
                        .anyMatch(wanted -> wanted.runs(child.platform().get()));
    }
}
