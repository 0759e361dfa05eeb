package dev.coracle.cli.images;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Reference;
import dev.coracle.cli.view.JsonValues;
import dev.coracle.engine.images.ImageDetails;
import dev.coracle.gotemplate.GoStruct;
import dev.coracle.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
                .optional("ExposedPorts", "ExposedPorts", JsonValues.of(config.path("ExposedPorts")))
                .put("Tty", false)
                .put("OpenStdin", false)
                .put("StdinOnce", false)
                .put("Env", JsonValues.of(config.path("Env")))
                .put("Cmd", JsonValues.of(config.path("Cmd")))
                .optional("Healthcheck", "Healthcheck", JsonValues.of(config.path("Healthcheck")))
                .put("Image", "")
                .put("Volumes", JsonValues.of(config.path("Volumes")))
                .put("WorkingDir", config.path("WorkingDir").asString(""))
                .put("Entrypoint", JsonValues.of(config.path("Entrypoint")))
                .put("OnBuild", JsonValues.of(config.path("OnBuild")))
                .put("Labels", JsonValues.of(config.path("Labels")))
                .optional("StopSignal", "StopSignal", config.path("StopSignal").asString(""))
                .build();
    }
}
