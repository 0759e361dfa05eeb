package dev.coracle.engine.images;

import dev.coracle.base.Platform;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.registry.Registries;
import dev.coracle.core.stores.Stores;
import java.time.InstantSource;

/// What images stand on.
///
/// @param host the platform that an image is taken for when nobody names one
/// @param snapshotter the one that is used when neither the caller nor the namespace names one
public record ImagePorts(
        Stores stores,
        GarbageCollector collector,
        LayerStore layers,
        Registries registries,
        Platform host,
        String snapshotter,
        InstantSource clock,
        ImageVerifier verifier) {
    private static final String SNAPSHOTTER_LABEL = "containerd.io/defaults/snapshotter";

    /// Without anybody who verifies images.
    public ImagePorts(
            Stores stores,
            GarbageCollector collector,
            LayerStore layers,
            Registries registries,
            Platform host,
            String snapshotter,
            InstantSource clock) {
        this(stores, collector, layers, registries, host, snapshotter, clock, ImageVerifier.NONE);
    }

    /// The namespace's own choice of a snapshotter, else the daemon's.
    public String snapshotterOf(String namespace) {
        return stores.namespaces().labels(namespace).getOrDefault(SNAPSHOTTER_LABEL, snapshotter);
    }
}
