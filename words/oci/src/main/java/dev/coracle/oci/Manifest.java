package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An image manifest (image-spec, manifest.md; Docker schema 2): the configuration and the
/// layers, lowest first.
public record Manifest(String mediaType, Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
    private static final int MOST_LAYERS = 1024;
    private static final String WHAT = "image manifest";

    public Manifest {
        if (layers.size() > MOST_LAYERS) {
            throw new InvalidArgument(
                    WHAT + " has " + layers.size() + " layers, more than the limit of " + MOST_LAYERS);
        }
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }

    /// Reads a manifest.
    ///
    /// @throws InvalidArgument when it is malformed, or an index under a manifest's name
    public static Manifest parse(byte[] bytes) {
        var node = Json.object(bytes, WHAT);
        if (!node.path("manifests").isMissingNode() || !node.path("fsLayers").isMissingNode()) {
            // a document that is both a manifest and an index means different things to different readers
            throw new InvalidArgument(WHAT + " also has members of another kind of document");
        }
        return new Manifest(
                Json.text(node, "mediaType", WHAT),
                Descriptor.of(node.path("config"), WHAT),
                Json.elements(node.path("layers"), WHAT, layer -> Descriptor.of(layer, WHAT)),
                Json.map(node, "annotations", WHAT));
    }

    /// Configuration and layers, as a walk over an image visits them.
    public List<Descriptor> children() {
        var children = new ArrayList<Descriptor>();
        children.add(config);
        children.addAll(layers);
        return children;
    }

    /// The manifest as a JSON document.
    public byte[] json() {
        var node = Json.object();
        node.put("schemaVersion", 2).put("mediaType", mediaType).set("config", config.json());
        var array = node.putArray("layers");
        layers.forEach(layer -> array.add(layer.json()));
        Json.putMap(node, "annotations", annotations);
        return Json.bytes(node);
    }
}
