package dev.coracle.engine.images;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.core.content.ContentStore;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.MediaTypes;
import java.util.ArrayList;
import java.util.List;

/// Questions about what is behind an image: how large, for which platforms, whether complete.
public final class ImageContent {
    private final Documents documents;

    public ImageContent(ContentStore content) {
        documents = new Documents(content);
    }

    /// Bytes of the documents and layers for one platform.
    public long size(Descriptor target, Platform platform) {
        return content(target, platform).stream().mapToLong(Descriptor::size).sum();
    }

    /// The target, its manifest for the platform, configuration and layers.
    public List<Descriptor> content(Descriptor target, Platform platform) {
        var all = new ArrayList<Descriptor>();
        all.add(target);
        if (ImageTree.hasChildren(target.mediaType())) {
            var children = documents.children(target);
            if (MediaTypes.isIndex(target.mediaType())) {
                var chosen = ImageTree.choose(children, platform)
                        .orElseThrow(() -> new NotFound("no match for platform " + platform + " in manifest "
                                + target.digest() + ": not found"));
                all.addAll(content(chosen, platform));
            } else {
                all.addAll(children);
            }
        }
        return all;
    }

    /// The platforms of the manifests that are here; what is no image (attestations) has none.
    public List<Platform> platforms(Descriptor target) {
        if (MediaTypes.isIndex(target.mediaType())) {
            return documents.children(target).stream()
                    .flatMap(child ->
                            child.platform().isPresent() ? child.platform().stream() : platforms(child).stream())
                    .filter(platform -> !platform.architecture().equals("unknown"))
                    .filter(platform -> !platform.architecture().isEmpty())
                    .toList();
        }
        if (!MediaTypes.isManifest(target.mediaType())) {
            return List.of();
        }
        try {
            return List.of(documents
                    .config(documents.manifest(target, Platform.linux("")))
                    .platform());
        } catch (NotFound incomplete) {
            return List.of();
        }
    }

    /// Whether everything for a platform is here.
    public State check(Descriptor target, Platform platform) {
        List<Descriptor> required;
        try {
            required = content(target, platform).stream()
                    .filter(part -> !ImageTree.hasChildren(part.mediaType()))
                    .toList();
        } catch (NotFound documentMissing) {
            return new State(false, 0, 0, 0, 0);
        }
        var present = required.stream().filter(this::has).toList();
        return new State(
                true,
                present.size(),
                required.size(),
                present.stream().mapToLong(Descriptor::size).sum(),
                required.stream().mapToLong(Descriptor::size).sum());
    }

    private boolean has(Descriptor content) {
        try {
            documents.content().info(content.digest());
            return true;
        } catch (NotFound absent) {
            return false;
        }
    }

    /// How much of an image is here; `available` when at least its documents are.
    public record State(boolean available, int present, int required, long presentBytes, long requiredBytes) {
        public boolean complete() {
            return available && present == required;
        }

        /// As `ctr images check` shows it.
        public String status() {
            if (!available) {
                return "unavailable (" + present + "/?)";
            }
            return (complete() ? "complete" : "incomplete") + " (" + present + "/" + required + ")";
        }
    }
}
