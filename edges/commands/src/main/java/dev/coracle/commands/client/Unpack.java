package dev.coracle.commands.client;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.Platform;
import dev.coracle.containerd.api.diff.ApplyRequest;
import dev.coracle.containerd.api.diff.DiffGrpc;
import dev.coracle.containerd.api.snapshots.CommitSnapshotRequest;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.RemoveSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.containerd.api.snapshots.StatSnapshotRequest;
import dev.coracle.core.types.FieldMask;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Turns an image's layers into a chain of committed snapshots, named by chain ids, as
/// containerd's client does. Layers that are there already are skipped; a layer that fails leaves
/// nothing.
public final class Unpack {
    private static final String SNAPSHOT = "containerd.io/snapshot.ref";
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";
    private static final String KEEP = "containerd.io/gc.ref.snapshot.";

    private final Images images;
    private final SnapshotsGrpc.SnapshotsBlockingStub snapshots;
    private final DiffGrpc.DiffBlockingStub diff;
    private final String snapshotter;
    private final boolean syncFiles;

    public Unpack(Connection connection, String snapshotter, boolean syncFiles) {
        images = new Images(connection);
        snapshots = connection.stub(SnapshotsGrpc::newBlockingStub);
        diff = connection.stub(DiffGrpc::newBlockingStub);
        this.snapshotter = snapshotter;
        this.syncFiles = syncFiles;
    }

    /// Whether the image's top snapshot exists.
    public boolean isDone(ImageConfig config) {
        return exists(ImageConfig.chainId(config.diffIds()).toString());
    }

    /// Unpacks and returns the name of the top snapshot.
    public Digest image(Descriptor target, Platform platform) {
        var manifest = images.manifest(target, platform);
        var config = images.config(manifest);
        var layers = layers(manifest, config);
        var chain = ImageConfig.chainIds(config.diffIds());
        var parent = "";
        for (var i = 0; i < layers.size(); i++) {
            var name = chain.get(i).toString();
            if (!exists(name)) {
                layer(layers.get(i), config.diffIds().get(i), name, parent);
            }
            label(layers.get(i).digest(), UNCOMPRESSED, config.diffIds().get(i).toString());
            parent = name;
        }
        label(manifest.config().digest(), KEEP + snapshotter, parent);
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

    private boolean exists(String name) {
        var request = StatSnapshotRequest.newBuilder()
                .setSnapshotter(snapshotter)
                .setKey(name)
                .build();
        return Connection.find(() -> snapshots.stat(request)).isPresent();
    }

    private void layer(Descriptor layer, Digest diffId, String name, String parent) {
        var key = "extract-" + UUID.randomUUID() + " " + name;
        var request = PrepareSnapshotRequest.newBuilder()
                .setSnapshotter(snapshotter)
                .setKey(key)
                .setParent(parent)
                .putLabels(SNAPSHOT, name)
                .build();
        try {
            var mounts = Connection.call(() -> snapshots.prepare(request)).getMountsList();
            try {
                apply(layer, diffId, mounts);
                commit(name, key);
            } catch (AlreadyExists sombodyElseWasQuicker) {
                remove(key);
            }
        } catch (AlreadyExists remote) {
            // a remote snapshotter has the layer already
            if (!exists(name)) {
                throw remote.within("prepare snapshot " + key);
            }
        } catch (EngineException e) {
            remove(key);
            throw e.within("failed to extract layer " + diffId);
        }
    }

    private void apply(Descriptor layer, Digest diffId, List<dev.coracle.containerd.api.types.Mount> mounts) {
        var request = ApplyRequest.newBuilder()
                .setDiff(Images.wire(layer))
                .addAllMounts(mounts)
                .setSyncFs(syncFiles)
                .build();
        var applied = Connection.call(() -> diff.apply(request)).getApplied();
        if (!applied.getDigest().equals(diffId.toString())) {
            throw new FailedPrecondition("wrong diff id calculated on extraction \"" + applied.getDigest()
                    + "\", the image configuration says \"" + diffId + "\"");
        }
    }

    private void commit(String name, String key) {
        var request = CommitSnapshotRequest.newBuilder()
                .setSnapshotter(snapshotter)
                .setName(name)
                .setKey(key)
                .putLabels(SNAPSHOT, name)
                .build();
        Connection.call(() -> snapshots.commit(request));
    }

    private void remove(String key) {
        var request = RemoveSnapshotRequest.newBuilder()
                .setSnapshotter(snapshotter)
                .setKey(key)
                .build();
        Connection.find(() -> snapshots.remove(request));
    }

    private void label(Digest digest, String key, String value) {
        images.content().update(digest, Map.of(key, value), FieldMask.of("labels." + key));
    }
}
