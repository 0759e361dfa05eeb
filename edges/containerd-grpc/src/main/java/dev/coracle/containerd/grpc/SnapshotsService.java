package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.snapshots.CleanupRequest;
import dev.coracle.containerd.api.snapshots.CommitSnapshotRequest;
import dev.coracle.containerd.api.snapshots.Info;
import dev.coracle.containerd.api.snapshots.ListSnapshotsRequest;
import dev.coracle.containerd.api.snapshots.ListSnapshotsResponse;
import dev.coracle.containerd.api.snapshots.MountsRequest;
import dev.coracle.containerd.api.snapshots.MountsResponse;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotResponse;
import dev.coracle.containerd.api.snapshots.RemoveSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.containerd.api.snapshots.StatSnapshotRequest;
import dev.coracle.containerd.api.snapshots.StatSnapshotResponse;
import dev.coracle.containerd.api.snapshots.UpdateSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UpdateSnapshotResponse;
import dev.coracle.containerd.api.snapshots.UsageRequest;
import dev.coracle.containerd.api.snapshots.UsageResponse;
import dev.coracle.containerd.api.snapshots.ViewSnapshotRequest;
import dev.coracle.containerd.api.snapshots.ViewSnapshotResponse;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotInfo;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.Stores;
import io.grpc.stub.StreamObserver;

/// Snapshots of any snapshotter, by its name in the request.
final class SnapshotsService extends SnapshotsGrpc.SnapshotsImplBase {
    private final Stores stores;

    SnapshotsService(Stores stores) {
        this.stores = stores;
    }

    @Override
    public void prepare(PrepareSnapshotRequest request, StreamObserver<PrepareSnapshotResponse> reply) {
        Reply.with(
                reply,
                () -> PrepareSnapshotResponse.newBuilder()
                        .addAllMounts(Wire.mounts(named(request.getSnapshotter())
                                .prepare(request.getKey(), request.getParent(), request.getLabelsMap())))
                        .build());
    }

    @Override
    public void view(ViewSnapshotRequest request, StreamObserver<ViewSnapshotResponse> reply) {
        Reply.with(
                reply,
                () -> ViewSnapshotResponse.newBuilder()
                        .addAllMounts(Wire.mounts(named(request.getSnapshotter())
                                .view(request.getKey(), request.getParent(), request.getLabelsMap())))
                        .build());
    }

    @Override
    public void mounts(MountsRequest request, StreamObserver<MountsResponse> reply) {
        Reply.with(
                reply,
                () -> MountsResponse.newBuilder()
                        .addAllMounts(
                                Wire.mounts(named(request.getSnapshotter()).mounts(request.getKey())))
                        .build());
    }

    @Override
    public void commit(CommitSnapshotRequest request, StreamObserver<Empty> reply) {
        Reply.empty(
                reply,
                () -> named(request.getSnapshotter())
                        .commit(request.getName(), request.getKey(), request.getLabelsMap()));
    }

    @Override
    public void remove(RemoveSnapshotRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> named(request.getSnapshotter()).remove(request.getKey()));
    }

    @Override
    public void stat(StatSnapshotRequest request, StreamObserver<StatSnapshotResponse> reply) {
        Reply.with(
                reply,
                () -> StatSnapshotResponse.newBuilder()
                        .setInfo(encode(named(request.getSnapshotter()).stat(request.getKey())))
                        .build());
    }

    @Override
    public void update(UpdateSnapshotRequest request, StreamObserver<UpdateSnapshotResponse> reply) {
        Reply.with(reply, () -> {
            var info = request.getInfo();
            return UpdateSnapshotResponse.newBuilder()
                    .setInfo(encode(named(request.getSnapshotter())
                            .update(info.getName(), info.getLabelsMap(), Wire.mask(request.getUpdateMask()))))
                    .build();
        });
    }

    @Override
    public void list(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> reply) {
        var snapshotter = named(request.getSnapshotter());
        Outlet.open("Snapshots/List", reply, outlet -> {
            var filters = Filter.parse(request.getFiltersList());
            outlet.<SnapshotInfo>batches(
                    visitor -> snapshotter.walk(filters, visitor),
                    batch -> ListSnapshotsResponse.newBuilder()
                            .addAllInfo(
                                    batch.stream().map(SnapshotsService::encode).toList())
                            .build());
        });
    }

    @Override
    public void usage(UsageRequest request, StreamObserver<UsageResponse> reply) {
        Reply.with(reply, () -> {
            var usage = named(request.getSnapshotter()).usage(request.getKey());
            return UsageResponse.newBuilder()
                    .setSize(usage.bytes())
                    .setInodes(usage.inodes())
                    .build();
        });
    }

    @Override
    public void cleanup(CleanupRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> named(request.getSnapshotter()).cleanup());
    }

    private Snapshotter named(String snapshotter) {
        return stores.in(Caller.scope()).snapshotter(snapshotter);
    }

    private static Info encode(SnapshotInfo info) {
        return Info.newBuilder()
                .setName(info.name())
                .setParent(info.parent())
                .setKind(encode(info.kind()))
                .setCreatedAt(Wire.timestamp(info.createdAt()))
                .setUpdatedAt(Wire.timestamp(info.updatedAt()))
                .putAllLabels(info.labels())
                .build();
    }

    private static dev.coracle.containerd.api.snapshots.Kind encode(Kind kind) {
        return switch (kind) {
            case VIEW -> dev.coracle.containerd.api.snapshots.Kind.VIEW;
            case ACTIVE -> dev.coracle.containerd.api.snapshots.Kind.ACTIVE;
            case COMMITTED -> dev.coracle.containerd.api.snapshots.Kind.COMMITTED;
        };
    }
}
