package dev.coracle.containerd.grpc;

import dev.coracle.containerd.api.diff.ApplyRequest;
import dev.coracle.containerd.api.diff.ApplyResponse;
import dev.coracle.containerd.api.diff.DiffGrpc;
import dev.coracle.containerd.api.diff.DiffRequest;
import dev.coracle.containerd.api.diff.DiffResponse;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.layers.LayerStore.DiffOptions;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.types.TypedBytes;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Layers into mounts and out of them. The mounts are made here, in the daemon's mount namespace.
final class DiffService extends DiffGrpc.DiffImplBase {
    private static final String DEFAULT_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    private final Stores stores;
    private final LayerStore layers;

    DiffService(Stores stores, LayerStore layers) {
        this.stores = stores;
        this.layers = layers;
    }

    @Override
    public void apply(ApplyRequest request, StreamObserver<ApplyResponse> reply) {
        Reply.with(
                reply,
                () -> ApplyResponse.newBuilder()
                        .setApplied(Wire.descriptor(layers.in(Caller.scope())
                                .apply(
                                        content(),
                                        Wire.descriptor(request.getDiff()),
                                        Wire.mountsFrom(request.getMountsList()),
                                        payloads(request))))
                        .build());
    }

    @Override
    public void diff(DiffRequest request, StreamObserver<DiffResponse> reply) {
        Reply.with(
                reply,
                () -> DiffResponse.newBuilder()
                        .setDiff(Wire.descriptor(layers.in(Caller.scope())
                                .diff(
                                        content(),
                                        Wire.mountsFrom(request.getLeftList()),
                                        Wire.mountsFrom(request.getRightList()),
                                        options(request))))
                        .build());
    }

    private static Map<String, TypedBytes> payloads(ApplyRequest request) {
        return request.getPayloadsMap().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> Wire.bytes(entry.getValue())));
    }

    private static DiffOptions options(DiffRequest request) {
        return new DiffOptions(
                request.getMediaType().isEmpty() ? DEFAULT_LAYER : request.getMediaType(),
                request.getRef(),
                request.getLabelsMap(),
                request.hasSourceDateEpoch()
                        ? Optional.of(Wire.instant(request.getSourceDateEpoch()))
                        : Optional.<Instant>empty());
    }

    private ContentStore content() {
        return stores.in(Caller.scope()).content();
    }
}
