package dev.coracle.cli.images;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Reference;
import dev.coracle.engine.images.ImageDetails;
import dev.coracle.gotemplate.GoStruct;
import dev.coracle.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An image as docker's `inspect` shows it.
public final class ImageJson {
    private ImageJson() {}

    public static GoStruct of(ImageDetails details) {
        var document = Json.object(details.document().getBytes(StandardCharsets.UTF_8), "image configuration");
        var config = document.path("config");
        return GoStruct.of("image.InspectResponse")
                .put("ID", "Id", details.manifest().config().digest().toString())
                .put("RepoTags", tags(details))
                .put("RepoDigests", digests(details))
                .put("Parent", "")
                .put("Comment", comment(details))
                .put("Created", details.history().created())
                .put("DockerVersion", "")
                .put("Author", details.history().author())
                .put("Config", config(config))
                .put("Architecture", details.platform().architecture())
                .optional("Variant", "Variant", details.platform().variant())
                .put("Os", details.platform().os())
                .put("Size", details.image().unpacked())
                .optional("VirtualSize", "VirtualSize", details.image().unpacked())
                .put(
                        "GraphDriver",
                        GoStruct.of("types.GraphDriverData")
                                .put("Data", null)
                                .put("Name", "")
                                .build())
                .put(
                        "RootFS",
                        GoStruct.of("types.RootFS")
                                .put("Type", "layers")
                                .put(
                                        "Layers",
                                        details.config().diffIds().stream()
                                                .map(Object::toString)
                                                .toList())
                                .build())
                .put("Metadata", Map.of("LastTagTime", details.image().named().toString()))
                .build();
    }

    private static String comment(ImageDetails details) {
        var steps = details.history().steps();
        return steps.isEmpty() ? "" : steps.getLast().comment();
    }

    private static List<String> tags(ImageDetails details) {
        return named(details)
                .filter(name -> name.tag().isPresent() && name.digest().isEmpty())
                .map(Reference::familiar)
                .toList();
    }

    private static List<String> digests(ImageDetails details) {
        var digests = new LinkedHashSet<String>();
        named(details)
                .forEach(name -> digests.add(new Reference(
                                name.domain(),
                                name.path(),
                                java.util.Optional.empty(),
                                java.util.Optional.of(details.image().target().digest()))
                        .familiar()));
        return List.copyOf(digests);
    }

    private static java.util.stream.Stream<Reference> named(ImageDetails details) {
        return details.names().stream().flatMap(name -> {
            try {
                return name.startsWith("sha256:")
                        ? java.util.stream.Stream.of()
                        : java.util.stream.Stream.of(Reference.parse(name));
            } catch (InvalidArgument foreign) {
                return java.util.stream.Stream.of();
            }
        });
    }

    private static GoStruct config(JsonNode config) {
        return GoStruct.of("container.Config")
                .put("Hostname", "")
                .put("Domainname", "")
                .put("User", config.path("User").asString(""))
                .put("AttachStdin", false)
                .put("AttachStdout", false)
                .put("AttachStderr", false)
                .optional("ExposedPorts", "ExposedPorts", value(config.path("ExposedPorts")))
                .put("Tty", false)
                .put("OpenStdin", false)
                .put("StdinOnce", false)
                .put("Env", value(config.path("Env")))
                .put("Cmd", value(config.path("Cmd")))
                .optional("Healthcheck", "Healthcheck", value(config.path("Healthcheck")))
                .put("Image", "")
                .put("Volumes", value(config.path("Volumes")))
                .put("WorkingDir", config.path("WorkingDir").asString(""))
                .put("Entrypoint", value(config.path("Entrypoint")))
                .put("OnBuild", value(config.path("OnBuild")))
                .put("Labels", value(config.path("Labels")))
                .optional("StopSignal", "StopSignal", config.path("StopSignal").asString(""))
                .build();
    }

    /// JSON as values of templates.
    private static @Nullable Object value(JsonNode node) {
        if (node.isObject()) {
            var map = new LinkedHashMap<String, @Nullable Object>();
            node.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
            return map;
        }
        if (node.isArray()) {
            var list = new java.util.ArrayList<@Nullable Object>();
            node.forEach(element -> list.add(value(element)));
            return list;
        }
        if (node.isString()) {
            return node.stringValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber()) {
            return node.longValue();
        }
        return node.isNumber() ? node.doubleValue() : null;
    }
}
