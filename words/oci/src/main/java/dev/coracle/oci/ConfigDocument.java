package dev.coracle.oci;

import dev.coracle.base.Digest;
import dev.coracle.base.Platform;
import java.util.List;

/// Writes an image configuration (image-spec, config.md).
public final class ConfigDocument {
    private ConfigDocument() {}

    /// A configuration that starts nothing by itself: of a root file system without history.
    public static byte[] of(Platform platform, ImageHistory history, List<Digest> diffIds) {
        var node = Json.object();
        put(node, "created", history.created());
        put(node, "author", history.author());
        node.put("architecture", platform.architecture()).put("os", platform.os());
        put(node, "variant", platform.variant());
        node.putObject("config");
        var rootfs = node.putObject("rootfs");
        rootfs.put("type", "layers");
        Json.putTexts(rootfs, "diff_ids", diffIds.stream().map(Digest::toString).toList());
        var steps = node.putArray("history");
        for (var step : history.steps()) {
            var member = steps.addObject();
            put(member, "created", step.created());
            put(member, "created_by", step.createdBy());
            put(member, "author", step.author());
            put(member, "comment", step.comment());
            if (step.emptyLayer()) {
                member.put("empty_layer", true);
            }
        }
        return Json.bytes(node);
    }

    private static void put(tools.jackson.databind.node.ObjectNode node, String member, String value) {
        if (!value.isEmpty()) {
            node.put(member, value);
        }
    }
}
