package dev.coracle.daemon;

import static dev.coracle.daemon.RemoteValues.ask;

import dev.coracle.base.Filter;
import dev.coracle.containerd.api.snapshots.CleanupRequest;
import dev.coracle.containerd.api.snapshots.CommitSnapshotRequest;
import dev.coracle.containerd.api.snapshots.Info;
import dev.coracle.containerd.api.snapshots.ListSnapshotsRequest;
import dev.coracle.containerd.api.snapshots.MountsRequest;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.RemoveSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc.SnapshotsBlockingStub;
import dev.coracle.containerd.api.snapshots.StatSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UpdateSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UsageRequest;
import dev.coracle.containerd.api.snapshots.ViewSnapshotRequest;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotInfo;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.snapshots.Usage;
import dev.coracle.core.types.FieldMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// A snapshotter over the wire.
record RemoteSnapshotter(String name, SnapshotsBlockingStub stub) implements Snapshotter {
    @Override
    public SnapshotInfo stat(String key) {
        return decode(ask(() -> stub.stat(StatSnapshotRequest.newBuilder()
                        .setSnapshotter(name)
                        .setKey(key)
                        .build()))
                .getInfo());
    }

    @Override
    public SnapshotInfo update(String key, Map<String, String> labels, FieldMask mask) {
        return decode(ask(() -> stub.update(UpdateSnapshotRequest.newBuilder()
                        .setSnapshotter(name)
                        .setInfo(Info.newBuilder().setName(key).putAllLabels(labels))
                        .setUpdateMask(RemoteValues.mask(mask))
                        .build()))
                .getInfo());
    }

    @Override
    public Usage usage(String key) {
        var usage = ask(() -> stub.usage(
                UsageRequest.newBuilder().setSnapshotter(name).setKey(key).build()));
        return new Usage(usage.getInodes(), usage.getSize());
    }

    @Override
    public List<Mount> mounts(String key) {
        return mounts(ask(() -> stub.mounts(MountsRequest.newBuilder()
                        .setSnapshotter(name)
                        .setKey(key)
                        .build()))
                .getMountsList());
    }

    @Override
    public List<Mount> prepare(String key, String parent, Map<String, String> labels) {
        return mounts(ask(() -> stub.prepare(PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter(name)
                        .setKey(key)
                        .setParent(parent)
                        .putAllLabels(labels)
                        .build()))
                .getMountsList());
    }

    @Override
    public List<Mount> view(String key, String parent, Map<String, String> labels) {
        return mounts(ask(() -> stub.view(ViewSnapshotRequest.newBuilder()
                        .setSnapshotter(name)
                        .setKey(key)
                        .setParent(parent)
                        .putAllLabels(labels)
                        .build()))
                .getMountsList());
    }

    @Override
    public void commit(String committed, String key, Map<String, String> labels) {
        ask(() -> stub.commit(CommitSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setName(committed)
                .setKey(key)
                .putAllLabels(labels)
                .build()));
    }

    @Override
    public void remove(String key) {
        ask(() -> stub.remove(RemoveSnapshotRequest.newBuilder()
                .setSnapshotter(name)
                .setKey(key)
                .build()));
    }

    @Override
    public void walk(List<Filter> filters, Consumer<SnapshotInfo> visitor) {
        var all = new ArrayList<SnapshotInfo>();
        ask(() -> {
            stub.list(ListSnapshotsRequest.newBuilder().setSnapshotter(name).build())
                    .forEachRemaining(answer -> answer.getInfoList().forEach(info -> all.add(decode(info))));
            return all;
        });
        all.stream()
                .filter(info -> Filter.any(filters, path -> field(info, path)))
                .forEach(visitor);
    }

    private static Optional<String> field(SnapshotInfo info, List<String> path) {
        return switch (path.getFirst()) {
            case "kind" -> Optional.of(info.kind().name().toLowerCase(Locale.ROOT));
            case "name" -> Optional.of(info.name());
            case "parent" -> Optional.of(info.parent());
            case "labels" -> Filter.label(info.labels(), path);
            default -> Optional.empty();
        };
    }

    @Override
    public void cleanup() {
        ask(() -> stub.cleanup(CleanupRequest.newBuilder().setSnapshotter(name).build()));
    }

    private static List<Mount> mounts(List<dev.coracle.containerd.api.types.Mount> mounts) {
        return mounts.stream()
                .map(mount -> new Mount(mount.getType(), mount.getSource(), mount.getTarget(), mount.getOptionsList()))
                .toList();
    }

    private static SnapshotInfo decode(Info info) {
        return new SnapshotInfo(
                Kind.valueOf(info.getKind().name()),
                info.getName(),
                info.getParent(),
                RemoteValues.instant(info.getCreatedAt()),
                RemoteValues.instant(info.getUpdatedAt()),
                info.getLabelsMap());
    }
}
