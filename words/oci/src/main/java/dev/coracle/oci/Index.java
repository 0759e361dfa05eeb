package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.List;
import java.util.Map;

/// An image index (image-spec, image-index.md; Docker manifest list): one manifest per platform.
public record Index(String mediaType, List<Descriptor> manifests, Map<String, String> annotations) {
    private static final int MOST_MANIFESTS = 4096;
    private static final String WHAT = "image index";

    public Index {
        if (manifests.size() > MOST_MANIFESTS) {
            throw new InvalidArgument(
                    WHAT + " has " + manifests.size() + " manifests, more than the limit of " + MOST_MANIFESTS);
        }
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    /// Reads an index.
    ///
    /// @throws InvalidArgument when it is malformed, or a manifest under an index's name
    public static Index parse(byte[] bytes) {
        var node = Json.object(bytes, WHAT);
        if (!node.path("layers").isMissingNode()
                || !node.path("config").isMissingNode()
                || !node.path("fsLayers").isMissingNode()) {
            throw new InvalidArgument(WHAT + " also has members of another kind of document");
        }
        return new Index(
                Json.text(node, "mediaType", WHAT),
                Json.elements(node.path("manifests"), WHAT, manifest -> Descriptor.of(manifest, WHAT)),
                Json.map(node, "annotations", WHAT));
    }

    /// The index as a JSON document.
    public byte[] json() {
        var node = Json.object();
        node.put("schemaVersion", 2).put("mediaType", mediaType);
        var array = node.putArray("manifests");
        manifests.forEach(manifest -> array.add(manifest.json()));
        Json.putMap(node, "annotations", annotations);
        return Json.bytes(node);
    }
}
