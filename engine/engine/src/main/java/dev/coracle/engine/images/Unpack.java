package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.types.FieldMask;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Turns an image's layers into a chain of committed snapshots, named by chain ids, as containerd's
/// clients do and expect. Layers that are there already are skipped; a layer that fails leaves
/// nothing. Safe against somebody else doing the same.
final class Unpack {
    private static final String SNAPSHOT = "containerd.io/snapshot.ref";
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";
    private static final String KEEP = "containerd.io/gc.ref.snapshot.";

    private final ContentStore content;
    private final LayerStore layers;
    private final String name;
    private final Snapshotter snapshots;
    private final LayerGate gate;

    /// Told of each layer, from the unpacking thread: before it, so that the gate may wait until
    /// the layer is here, and after it.
    interface LayerGate {
        LayerGate NONE = new LayerGate() {};

        /// Returns when the layer's bytes are here.
        default void await(Descriptor layer) throws InterruptedException {}

        /// The layer is in its snapshot; `existed` when there was nothing to do.
        default void unpacked(Descriptor layer, boolean existed) {}
    }

    Unpack(NamespaceStores stores, LayerStore layers, String snapshotter, LayerGate gate) {
        this.content = stores.content();
        this.layers = layers.in(stores.scope());
        this.name = snapshotter;
        this.snapshots = stores.snapshotter(snapshotter);
        this.gate = gate;
    }

    /// Whether the image's top snapshot exists.
    boolean isDone(ImageConfig config) {
        return exists(ImageConfig.chainId(config.diffIds()).toString());
    }

    /// Unpacks and returns the name of the top snapshot.
    ///
    /// @throws FailedPrecondition when configuration and manifest speak of different layers
    Digest image(Manifest manifest, ImageConfig config) throws InterruptedException {
        var blobs = layers(manifest, config);
        var chain = ImageConfig.chainIds(config.diffIds());
        var parent = "";
        for (var i = 0; i < blobs.size(); i++) {
            var snapshot = chain.get(i).toString();
            var existed = exists(snapshot);
            gate.await(blobs.get(i));
            if (!existed) {
                layer(blobs.get(i), config.diffIds().get(i), snapshot, parent);
            }
            label(blobs.get(i).digest(), UNCOMPRESSED, config.diffIds().get(i).toString());
            gate.unpacked(blobs.get(i), existed);
            parent = snapshot;
        }
        label(manifest.config().digest(), KEEP + name, parent);
        return chain.getLast();
    }

    private static List<Descriptor> layers(Manifest manifest, ImageConfig config) {
        var layers = manifest.layers().stream()
                .filter(layer -> MediaTypes.isLayer(layer.mediaType()))
                .toList();
        if (layers.size() != config.diffIds().size() || layers.isEmpty()) {
            throw new FailedPrecondition("mismatched image rootfs and manifest layers: "
                    + config.diffIds().size() + " diff ids, " + layers.size() + " layers");
        }
        return layers;
    }

    private boolean exists(String snapshot) {
        try {
            snapshots.stat(snapshot);
            return true;
        } catch (NotFound absent) {
            return false;
        }
    }

    private void layer(Descriptor layer, Digest diffId, String snapshot, String parent) {
        var key = "extract-" + UUID.randomUUID() + " " + snapshot;
        List<Mount> mounts;
        try {
            mounts = prepare(key, parent, Map.of(SNAPSHOT, snapshot));
        } catch (AlreadyExists remote) {
            if (exists(snapshot)) {
                return; // a remote snapshotter has the layer
            }
            throw remote.within("prepare snapshot " + key);
        }
        try {
            var applied = layers.apply(content, core(layer), mounts);
            if (!applied.digest().equals(diffId)) {
                throw new FailedPrecondition("wrong diff id calculated on extraction \"" + applied.digest()
                        + "\", the image configuration says \"" + diffId + "\"");
            }
            snapshots.commit(snapshot, key, Map.of(SNAPSHOT, snapshot));
        } catch (AlreadyExists somebodyElseWasQuicker) {
            remove(key);
        } catch (EngineException e) {
            remove(key);
            throw e.within("failed to extract layer " + diffId);
        }
    }

    private List<Mount> prepare(String key, String parent, Map<String, String> labels) {
        return layers.replacesFiles()
                ? snapshots.prepareForLayer(key, parent, labels)
                : snapshots.prepare(key, parent, labels);
    }

    static dev.coracle.core.types.Descriptor core(Descriptor descriptor) {
        return new dev.coracle.core.types.Descriptor(
                descriptor.mediaType(), descriptor.digest(), descriptor.size(), descriptor.annotations());
    }

    private void remove(String key) {
        try {
            snapshots.remove(key);
        } catch (NotFound gone) {
            // it was never made
        }
    }

    private void label(Digest digest, String key, String value) {
        try {
            content.update(digest, Map.of(key, value), FieldMask.of("labels." + key));
        } catch (NotFound discarded) {
            // the layer's blob is not needed beside its snapshot
        }
    }
}
