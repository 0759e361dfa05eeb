package dev.coracle.oci;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Platform;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A pointer to content (image-spec, descriptor.md), with the platform when it stands in an
/// index. Size in bytes.
public record Descriptor(
        String mediaType, Digest digest, long size, Map<String, String> annotations, Optional<Platform> platform) {
    public Descriptor {
        if (size < 0) {
            throw new InvalidArgument("descriptor " + digest + ": size " + size + " is negative");
        }
        annotations = Map.copyOf(annotations);
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Map.of(), Optional.empty());
    }

    static Descriptor of(JsonNode node, String what) {
        if (!node.isObject()) {
            throw new InvalidArgument(what + ": descriptor is missing or not an object");
        }
        return new Descriptor(
                Json.text(node, "mediaType", what),
                Digest.parse(Json.text(node, "digest", what)),
                Json.whole(node, "size", what),
                Json.map(node, "annotations", what),
                platform(node.path("platform"), what));
    }

    private static Optional<Platform> platform(JsonNode node, String what) {
        if (!node.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new Platform(
                Json.text(node, "os", what), Json.text(node, "architecture", what), Json.text(node, "variant", what)));
    }

    /// The descriptor as a JSON object.
    public ObjectNode json() {
        var node = Json.object();
        node.put("mediaType", mediaType).put("digest", digest.toString()).put("size", size);
        Json.putMap(node, "annotations", annotations);
        platform.ifPresent(value -> {
            var member = node.putObject("platform");
            member.put("architecture", value.architecture()).put("os", value.os());
            if (!value.variant().isEmpty()) {
                member.put("variant", value.variant());
            }
        });
        return node;
    }
}
