package dev.coracle.proxy;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.snapshots.CommitSnapshotRequest;
import dev.coracle.containerd.api.snapshots.Info;
import dev.coracle.containerd.api.snapshots.Kind;
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
import dev.coracle.containerd.api.snapshots.UsageRequest;
import dev.coracle.containerd.api.snapshots.UsageResponse;
import dev.coracle.containerd.api.snapshots.ViewSnapshotRequest;
import dev.coracle.containerd.api.snapshots.ViewSnapshotResponse;
import dev.coracle.containerd.api.types.Mount;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// A remote snapshotter in memory: it keeps records only, and has some layers before anybody unpacks them.
final class RemoteSnapshots extends SnapshotsGrpc.SnapshotsImplBase {
    static final String TARGET = "containerd.io/snapshot.ref";

    final Map<String, Info> snapshots = new TreeMap<>();
    final Set<String> layers = ConcurrentHashMap.newKeySet();
    final Set<String> namespaces = ConcurrentHashMap.newKeySet();

    /// Answers a commit that it has done with a failure, once.
    boolean losesAnswer;

    private static StatusRuntimeException failure(Status status, String words) {
        return status.withDescription(words).asRuntimeException();
    }

    Info named(String name) {
        return Optional.ofNullable(snapshots.get(name)).orElseThrow();
    }

    private static <T> void answer(StreamObserver<T> reply, T value) {
        reply.onNext(value);
        reply.onCompleted();
    }

    private Info get(String key) {
        namespaces.add(Served.NAMESPACE.get());
        var info = snapshots.get(key);
        if (info == null) {
            throw failure(Status.NOT_FOUND, "snapshot " + key + " does not exist: not found");
        }
        return info;
    }

    private void make(Kind kind, String key, String parent, Map<String, String> labels) {
        namespaces.add(Served.NAMESPACE.get());
        if (snapshots.containsKey(key)) {
            throw failure(Status.ALREADY_EXISTS, "snapshot " + key + ": already exists");
        }
        if (!parent.isEmpty() && get(parent).getKind() != Kind.COMMITTED) {
            throw failure(Status.INVALID_ARGUMENT, "parent " + parent + " is not committed: invalid argument");
        }
        var target = labels.getOrDefault(TARGET, "");
        var info = Info.newBuilder().setParent(parent).putAllLabels(labels);
        if (kind == Kind.ACTIVE && layers.contains(target)) {
            snapshots.putIfAbsent(
                    target, info.setName(target).setKind(Kind.COMMITTED).build());
            throw failure(Status.ALREADY_EXISTS, "target snapshot \"" + target + "\": already exists");
        }
        snapshots.put(key, info.setName(key).setKind(kind).build());
    }

    @Override
    public synchronized void prepare(PrepareSnapshotRequest request, StreamObserver<PrepareSnapshotResponse> reply) {
        run(reply, () -> {
            make(Kind.ACTIVE, request.getKey(), request.getParent(), request.getLabelsMap());
            return PrepareSnapshotResponse.getDefaultInstance();
        });
    }

    @Override
    public synchronized void view(ViewSnapshotRequest request, StreamObserver<ViewSnapshotResponse> reply) {
        run(reply, () -> {
            make(Kind.VIEW, request.getKey(), request.getParent(), request.getLabelsMap());
            return ViewSnapshotResponse.getDefaultInstance();
        });
    }

    @Override
    public synchronized void mounts(MountsRequest request, StreamObserver<MountsResponse> reply) {
        run(
                reply,
                () -> MountsResponse.newBuilder()
                        .addMounts(Mount.newBuilder()
                                .setType("remote")
                                .setSource(get(request.getKey()).getName())
                                .addOptions("upon=" + get(request.getKey()).getParent()))
                        .build());
    }

    @Override
    public synchronized void commit(CommitSnapshotRequest request, StreamObserver<Empty> reply) {
        run(reply, () -> {
            var active = get(request.getKey());
            snapshots.remove(request.getKey());
            snapshots.put(
                    request.getName(),
                    active.toBuilder()
                            .setName(request.getName())
                            .setKind(Kind.COMMITTED)
                            .build());
            if (losesAnswer) {
                losesAnswer = false;
                throw failure(Status.UNAVAILABLE, "connection reset");
            }
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public synchronized void remove(RemoveSnapshotRequest request, StreamObserver<Empty> reply) {
        run(reply, () -> {
            var name = get(request.getKey()).getName();
            if (snapshots.values().stream().anyMatch(other -> other.getParent().equals(name))) {
                throw failure(Status.FAILED_PRECONDITION, "it has children: failed precondition");
            }
            snapshots.remove(name);
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public synchronized void stat(StatSnapshotRequest request, StreamObserver<StatSnapshotResponse> reply) {
        run(
                reply,
                () -> StatSnapshotResponse.newBuilder()
                        .setInfo(get(request.getKey()))
                        .build());
    }

    @Override
    public synchronized void usage(UsageRequest request, StreamObserver<UsageResponse> reply) {
        run(
                reply,
                () -> UsageResponse.newBuilder()
                        .setInodes(get(request.getKey()).getName().length())
                        .setSize(7)
                        .build());
    }

    @Override
    public synchronized void list(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> reply) {
        run(reply, () -> {
            var wanted = ListSnapshotsResponse.newBuilder();
            snapshots.values().stream()
                    .filter(info -> request.getFiltersList().isEmpty()
                            || request.getFiltersList()
                                    .contains("labels.\"" + TARGET + "\"==\""
                                            + info.getLabelsOrDefault(TARGET, "") + "\",parent==\"" + info.getParent()
                                            + "\""))
                    .forEach(wanted::addInfo);
            return wanted.build();
        });
    }

    private static <T> void run(StreamObserver<T> reply, java.util.function.Supplier<T> call) {
        try {
            answer(reply, call.get());
        } catch (StatusRuntimeException e) {
            reply.onError(e);
        }
    }
}
