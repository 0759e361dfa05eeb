package dev.coracle.engine.images;

import dev.coracle.base.EngineException.NotFound;
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
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Writes images as an OCI layout in a tar, with the `manifest.json` by which `docker load` reads
/// it too.
public final class ImageExport {
    private static final int PIECE = 1 << 20;
    private static final String IMAGE_NAME = "io.containerd.image.name";
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    private final Documents documents;
    private final Function<String, Descriptor> targets;
    private final List<Platform> platforms;
    private final Map<String, Descriptor> blobs = new TreeMap<>();

    /// @param targets what an image's name points to
    /// @param platforms whose manifests are written; empty for all
    public ImageExport(ContentStore content, Function<String, Descriptor> targets, List<Platform> platforms) {
        documents = new Documents(content);
        this.targets = targets;
        this.platforms = List.copyOf(platforms);
    }

    /// Writes the named images.
    public void write(List<String> names, boolean dockerManifest, OutputStream out) throws IOException {
        var targets = new ArrayList<Descriptor>();
        var docker = new ArrayList<DockerArchive>();
        for (var name : names) {
            var target = this.targets.apply(name);
            var manifests = new ArrayList<Descriptor>();
            collect(target, manifests);
            targets.add(named(target, name));
            manifests.stream().findFirst().ifPresent(first -> docker.add(docker(first, name)));
        }
        try (var archive = new ArchiveWriter(out)) {
            blobs(archive);
            archive.file("index.json", new Index(MediaTypes.OCI_INDEX, targets, Map.of()).json());
            if (dockerManifest) {
                archive.file("manifest.json", DockerArchive.document(docker));
            }
            archive.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static Descriptor named(Descriptor target, String name) {
        var annotations = new HashMap<>(target.annotations());
        if (ImageView.isDangling(name)) {
            return target;
        }
        annotations.put(IMAGE_NAME, name);
        Reference.parse(name).tag().ifPresent(tag -> annotations.put(REF_NAME, tag));
        return new Descriptor(target.mediaType(), target.digest(), target.size(), annotations, Optional.empty());
    }

    private DockerArchive docker(Descriptor manifest, String name) {
        var document = Manifest.parse(documents.read(manifest));
        return new DockerArchive(
                path(document.config()),
                ImageView.isDangling(name)
                        ? List.of()
                        : List.of(Reference.parse(name).familiar()),
                document.layers().stream().map(ImageExport::path).toList());
    }

    private void collect(Descriptor content, List<Descriptor> manifests) {
        blobs.put(path(content), content);
        if (!ImageTree.hasChildren(content.mediaType())) {
            return;
        }
        var children = documents.children(content);
        if (MediaTypes.isIndex(content.mediaType())) {
            chosen(content, children).forEach(child -> collect(child, manifests));
        } else {
            manifests.add(content);
            children.forEach(child -> blobs.put(path(child), child));
        }
    }

    private List<Descriptor> chosen(Descriptor index, List<Descriptor> children) {
        if (platforms.isEmpty()) {
            return children;
        }
        return platforms.stream()
                .map(platform -> ImageTree.choose(children, platform)
                        .orElseThrow(() -> new NotFound("no match for platform " + platform + " in manifest "
                                + index.digest() + ": not found")))
                .toList();
    }

    private static String path(Descriptor content) {
        return "blobs/" + content.digest().algorithm() + "/" + content.digest().hex();
    }

    private void blobs(ArchiveWriter archive) throws IOException {
        archive.directory("blobs/");
        archive.directory("blobs/sha256/");
        var buffer = ByteBuffer.allocate(PIECE);
        for (var blob : blobs.entrySet()) {
            try (var reader = documents.content().open(blob.getValue().digest())) {
                archive.begin(blob.getKey(), reader.size());
                for (long offset = 0; reader.read(buffer.clear(), offset) > 0; offset += buffer.position()) {
                    archive.write(buffer.array(), buffer.position());
                }
                archive.end(reader.size());
            }
        }
    }
}
