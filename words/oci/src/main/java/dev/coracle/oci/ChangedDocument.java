package dev.coracle.oci;

import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A manifest or an index with other descriptors in it; whatever else it says stays as it is.
public final class ChangedDocument {
    private static final String WHAT = "image document";

    private ChangedDocument() {}

    /// @param mediaType the document's new type; it stands in it only when the old one did
    /// @param child what takes the place of a descriptor; nothing takes an index's entry out
    public static byte[] of(byte[] document, String mediaType, Function<Descriptor, Optional<Descriptor>> child) {
        var tree = Json.object(document, WHAT);
        if (tree.has("mediaType")) {
            tree.put("mediaType", mediaType);
        }
        if (tree.get("config") instanceof ObjectNode config) {
            var _ = exchange(config, child);
        }
        for (var list : new String[] {"layers", "manifests"}) {
            if (tree.get(list) instanceof ArrayNode entries) {
                entries.removeIf(entry -> entry instanceof ObjectNode node && !exchange(node, child));
            }
        }
        return Json.bytes(tree);
    }

    private static boolean exchange(ObjectNode node, Function<Descriptor, Optional<Descriptor>> child) {
        var replaced = child.apply(Descriptor.of(node, WHAT));
        replaced.ifPresent(descriptor -> node.put("mediaType", descriptor.mediaType())
                .put("digest", descriptor.digest().toString())
                .put("size", descriptor.size()));
        return replaced.isPresent();
    }
}
