package dev.coracle.core.testkit;

import dev.coracle.base.Digest;
import dev.coracle.core.containers.Container;
import dev.coracle.core.containers.Container.RuntimeRef;
import dev.coracle.core.images.Image;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/// Records to begin a test with.
public final class Samples {
    private Samples() {}

    public static Image image(String name, Digest target) {
        return image(name, target, Map.of());
    }

    public static Image image(String name, Digest target, Map<String, String> labels) {
        return new Image(name, manifest(target), labels, Instant.EPOCH, Instant.EPOCH);
    }

    public static Descriptor manifest(Digest digest) {
        return new Descriptor("application/vnd.oci.image.manifest.v1+json", digest, 5, Map.of());
    }

    public static Container container(String id) {
        return container(id, "", "", Map.of());
    }

    public static Container container(String id, String snapshotter, String snapshotKey, Map<String, String> labels) {
        return new Container(
                id,
                labels,
                "docker.io/library/busybox:latest",
                new RuntimeRef("io.containerd.runc.v2", TypedBytes.NONE),
                spec("{}"),
                snapshotter,
                snapshotKey,
                Instant.EPOCH,
                Instant.EPOCH,
                Map.of(),
                "");
    }

    public static TypedBytes spec(String json) {
        return new TypedBytes(TypedBytes.RUNTIME_SPEC, json.getBytes(StandardCharsets.UTF_8));
    }
}
