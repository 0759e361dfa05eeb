package dev.coracle.oci;

import java.util.List;

/// Where an image comes from (image-spec, config.md, "history"): when and by whom it was made, and
/// the steps, lowest first. Times stay as they are written, in RFC 3339; empty when unknown.
public record ImageHistory(String created, String author, List<Step> steps) {
    private static final String WHAT = "image configuration";

    public ImageHistory {
        steps = List.copyOf(steps);
    }

    /// One step; an empty one made no layer.
    public record Step(String created, String createdBy, String author, String comment, boolean emptyLayer) {}

    /// Reads what an image configuration says.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it is malformed
    public static ImageHistory parse(byte[] config) {
        var node = Json.object(config, WHAT);
        return new ImageHistory(
                Json.text(node, "created", WHAT),
                Json.text(node, "author", WHAT),
                Json.elements(
                        node.path("history"),
                        WHAT + ": history",
                        step -> new Step(
                                Json.text(step, "created", WHAT),
                                Json.text(step, "created_by", WHAT),
                                Json.text(step, "author", WHAT),
                                Json.text(step, "comment", WHAT),
                                step.path("empty_layer").asBoolean(false))));
    }
}
