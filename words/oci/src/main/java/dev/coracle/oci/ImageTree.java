package dev.coracle.oci;

import dev.coracle.base.Platform;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An image is a tree of documents: an index of manifests, a manifest of a configuration and
/// layers. Here is how to walk it, and the labels and names that containerd's clients give its
/// nodes.
public final class ImageTree {
    private static final String REFERENCE = "containerd.io/gc.ref.content.";

    private ImageTree() {}

    /// Whether documents of this type name further content.
    public static boolean hasChildren(String mediaType) {
        return MediaTypes.isIndex(mediaType) || MediaTypes.isManifest(mediaType);
    }

    /// What a document names, in its order.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it is malformed
    public static List<Descriptor> children(String mediaType, byte[] document) {
        return MediaTypes.isIndex(mediaType)
                ? Index.parse(document).manifests()
                : Manifest.parse(document).children();
    }

    /// The manifest that a machine of this platform runs best; one without platform is only
    /// taken when nothing says its platform.
    public static Optional<Descriptor> choose(List<Descriptor> manifests, Platform machine) {
        var best = manifests.stream()
                .filter(manifest -> manifest.platform().filter(machine::runs).isPresent())
                .min(Comparator.comparing(manifest -> manifest.platform().orElseThrow(), machine.preference()));
        return best.isPresent()
                        || manifests.stream()
                                .anyMatch(manifest -> manifest.platform().isPresent())
                ? best
                : manifests.stream().findFirst();
    }

    /// The labels by which a document holds its children against the garbage collector.
    public static Map<String, String> references(List<Descriptor> children) {
        var labels = new LinkedHashMap<String, String>();
        var counts = new HashMap<String, Integer>();
        for (var child : children) {
            var kind = kind(child.mediaType());
            var count = counts.merge(kind, 1, Integer::sum) - 1;
            labels.put(
                    REFERENCE
                            + (kind.equals("_")
                                    ? Integer.toString(count)
                                    : kind.endsWith(".") || count > 0 ? kind + count : kind),
                    child.digest().toString());
        }
        return labels;
    }

    private static String kind(String mediaType) {
        if (hasChildren(mediaType)) {
            return "m.";
        }
        return MediaTypes.isLayer(mediaType) ? "l." : MediaTypes.isConfig(mediaType) ? "config" : "_";
    }

    /// The name of the ingest that brings this content.
    public static String ingest(Descriptor content) {
        var type = content.mediaType();
        var kind = MediaTypes.isManifest(type)
                ? "manifest"
                : MediaTypes.isIndex(type)
                        ? "index"
                        : MediaTypes.isLayer(type) ? "layer" : MediaTypes.isConfig(type) ? "config" : "unknown";
        return kind + "-" + content.digest();
    }
}
