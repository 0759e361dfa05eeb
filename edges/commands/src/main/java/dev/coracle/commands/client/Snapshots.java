package dev.coracle.commands.client;

import dev.coracle.containerd.api.namespaces.GetNamespaceRequest;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.snapshots.CommitSnapshotRequest;
import dev.coracle.containerd.api.snapshots.Info;
import dev.coracle.containerd.api.snapshots.ListSnapshotsRequest;
import dev.coracle.containerd.api.snapshots.MountsRequest;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.RemoveSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.containerd.api.snapshots.StatSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UpdateSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UsageRequest;
import dev.coracle.containerd.api.snapshots.UsageResponse;
import dev.coracle.containerd.api.snapshots.ViewSnapshotRequest;
import dev.coracle.containerd.api.types.Mount;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// One snapshotter of the daemon.
public final class Snapshots {
    private static final String FALLBACK = "overlayfs";
    private static final String DEFAULT_LABEL = "containerd.io/defaults/snapshotter";

    private final SnapshotsGrpc.SnapshotsBlockingStub stub;
    private final String name;

    public Snapshots(Connection connection, String name) {
        stub = connection.stub(SnapshotsGrpc::newBlockingStub);
        this.name = name;
    }

    /// The named snapshotter, or, without a name, the namespace's default.
    public static String chosen(Connection connection, String name) {
        if (!name.isEmpty()) {
            return name;
        }
        var namespaces = connection.stub(NamespacesGrpc::newBlockingStub);
        var request =
                GetNamespaceRequest.newBuilder().setName(connection.namespace()).build();
        return Connection.find(() -> namespaces.get(request))
                .map(answer -> answer.getNamespace().getLabelsOrDefault(DEFAULT_LABEL, FALLBACK))
                .orElse(FALLBACK);
    }

    public String name() {
        return name;
    }

    public List<Mount> prepare(String key, String parent, Map<String, String> labels) {
        var request = PrepareSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setKey(key)
                .setParent(parent)
                .putAllLabels(labels)
                .build();
        return Connection.call(() -> stub.prepare(request)).getMountsList();
    }

    public List<Mount> view(String key, String parent, Map<String, String> labels) {
        var request = ViewSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setKey(key)
                .setParent(parent)
                .putAllLabels(labels)
                .build();
        return Connection.call(() -> stub.view(request)).getMountsList();
    }

    public List<Mount> mounts(String key) {
        var request =
                MountsRequest.newBuilder().setSnapshotter(name).setKey(key).build();
        return Connection.call(() -> stub.mounts(request)).getMountsList();
    }

    public void commit(String committed, String key, Map<String, String> labels) {
        var request = CommitSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setName(committed)
                .setKey(key)
                .putAllLabels(labels)
                .build();
        Connection.call(() -> stub.commit(request));
    }

    public void remove(String key) {
        var request = RemoveSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setKey(key)
                .build();
        Connection.call(() -> stub.remove(request));
    }

    public Info stat(String key) {
        var request = StatSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setKey(key)
                .build();
        return Connection.call(() -> stub.stat(request)).getInfo();
    }

    public UsageResponse usage(String key) {
        var request = UsageRequest.newBuilder().setSnapshotter(name).setKey(key).build();
        return Connection.call(() -> stub.usage(request));
    }

    public void walk(List<String> filters, Consumer<Info> visitor) {
        var request = ListSnapshotsRequest.newBuilder()
                .setSnapshotter(name)
                .addAllFilters(filters)
                .build();
        Connection.call(() -> {
            stub.list(request).forEachRemaining(batch -> batch.getInfoList().forEach(visitor));
            return true;
        });
    }

    public Info label(String key, Map<String, String> labels) {
        var mask = com.google.protobuf.FieldMask.newBuilder();
        labels.keySet().forEach(label -> mask.addPaths("labels." + label));
        var request = UpdateSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setInfo(Info.newBuilder().setName(key).putAllLabels(labels))
                .setUpdateMask(mask)
                .build();
        return Connection.call(() -> stub.update(request)).getInfo();
    }
}
