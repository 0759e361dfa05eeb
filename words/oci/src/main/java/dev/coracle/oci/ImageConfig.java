package dev.coracle.oci;

import dev.coracle.base.Digest;
import dev.coracle.base.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What an image's configuration says (image-spec, config.md): how to start its process, and the
/// digests of its layers without compression.
public record ImageConfig(Platform platform, Launch launch, Wishes wishes, List<Digest> diffIds) {
    private static final String WHAT = "image configuration";

    public ImageConfig {
        diffIds = List.copyOf(diffIds);
    }

    /// The process an image starts, and the labels and stop signal it asks for.
    public record Launch(
            String user,
            List<String> env,
            List<String> entrypoint,
            List<String> cmd,
            String workingDir,
            Map<String, String> labels,
            String stopSignal) {
        public Launch {
            env = List.copyOf(env);
            entrypoint = List.copyOf(entrypoint);
            cmd = List.copyOf(cmd);
            labels = Map.copyOf(labels);
        }

        static Launch of(JsonNode node) {
            return new Launch(
                    Json.text(node, "User", WHAT),
                    Json.texts(node, "Env", WHAT),
                    Json.texts(node, "Entrypoint", WHAT),
                    Json.texts(node, "Cmd", WHAT),
                    Json.text(node, "WorkingDir", WHAT),
                    Json.map(node, "Labels", WHAT),
                    Json.text(node, "StopSignal", WHAT));
        }

        /// Entry point and command, where `arguments` replace the command when there are any.
        public List<String> commandLine(List<String> arguments) {
            var line = new ArrayList<>(entrypoint);
            line.addAll(arguments.isEmpty() ? cmd : arguments);
            return List.copyOf(line);
        }
    }

    /// What an image wants beside its process.
    ///
    /// @param exposed `80/tcp`
    /// @param volumes paths whose content is to outlive the container
    public record Wishes(List<String> exposed, List<String> volumes, HealthCheck health) {
        public Wishes {
            exposed = List.copyOf(exposed);
            volumes = List.copyOf(volumes);
        }

        static Wishes of(JsonNode node) {
            return new Wishes(
                    List.copyOf(node.path("ExposedPorts").propertyNames()),
                    List.copyOf(node.path("Volumes").propertyNames()),
                    HealthCheck.of(node.path("Healthcheck")));
        }
    }

    /// How an image's health is looked after (Docker's extension); times in nanoseconds, 0 or empty: not said.
    public record HealthCheck(
            List<String> test, long interval, long timeout, long startPeriod, long startInterval, long retries) {
        public HealthCheck {
            test = List.copyOf(test);
        }

        static HealthCheck of(JsonNode node) {
            return new HealthCheck(
                    Json.texts(node, "Test", WHAT),
                    Json.whole(node, "Interval", WHAT),
                    Json.whole(node, "Timeout", WHAT),
                    Json.whole(node, "StartPeriod", WHAT),
                    Json.whole(node, "StartInterval", WHAT),
                    Json.whole(node, "Retries", WHAT));
        }
    }

    /// Reads an image configuration, OCI's or Docker's.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it is malformed
    public static ImageConfig parse(byte[] bytes) {
        var node = Json.object(bytes, WHAT);
        return new ImageConfig(
                new Platform(
                        Json.text(node, "os", WHAT),
                        Json.text(node, "architecture", WHAT),
                        Json.text(node, "variant", WHAT)),
                Launch.of(node.path("config")),
                Wishes.of(node.path("config")),
                Json.texts(node.path("rootfs"), "diff_ids", WHAT).stream()
                        .map(Digest::parse)
                        .toList());
    }

    /// The name of the snapshot that holds all layers (image-spec, config.md, "Layer ChainID").
    ///
    /// @throws IllegalArgumentException when there is no layer
    public static Digest chainId(List<Digest> diffIds) {
        return diffIds.stream()
                .reduce((chain, next) ->
                        Digest.ofBytes((chain + " " + next).getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .orElseThrow(() -> new IllegalArgumentException("an image without layers has no chain id"));
    }

    /// The chain ids from the lowest layer to the top.
    public static List<Digest> chainIds(List<Digest> diffIds) {
        var chain = new ArrayList<Digest>();
        for (var next : diffIds) {
            chain.add(chain.isEmpty() ? next : chainId(List.of(chain.getLast(), next)));
        }
        return List.copyOf(chain);
    }
}
