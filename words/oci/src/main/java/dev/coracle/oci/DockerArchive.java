package dev.coracle.oci;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// One image of a `docker save` archive: the entry of its `manifest.json`.
public record DockerArchive(String config, List<String> repoTags, List<String> layers) {
    private static final String WHAT = "manifest.json";

    public DockerArchive {
        repoTags = List.copyOf(repoTags);
        layers = List.copyOf(layers);
    }

    /// Reads `manifest.json`.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it is malformed
    public static List<DockerArchive> parse(byte[] bytes) {
        return Json.objects(bytes, WHAT).stream()
                .map(node -> new DockerArchive(
                        Json.text(node, "Config", WHAT),
                        Json.texts(node, "RepoTags", WHAT),
                        Json.texts(node, "Layers", WHAT)))
                .toList();
    }

    /// Writes `manifest.json`.
    public static byte[] document(List<DockerArchive> entries) {
        var array = Json.object().putArray("entries");
        entries.forEach(entry -> array.add(entry.json()));
        return Json.bytes(array);
    }

    /// The entry as a JSON object.
    public ObjectNode json() {
        var node = Json.object();
        node.put("Config", config);
        Json.putTexts(node, "RepoTags", repoTags);
        Json.putTexts(node, "Layers", layers);
        return node;
    }
}
