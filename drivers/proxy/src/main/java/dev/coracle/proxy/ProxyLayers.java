package dev.coracle.proxy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.coracle.base.Digest;
import dev.coracle.containerd.api.diff.ApplyRequest;
import dev.coracle.containerd.api.diff.DiffGrpc;
import dev.coracle.containerd.api.diff.DiffGrpc.DiffBlockingStub;
import dev.coracle.containerd.api.diff.DiffRequest;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A differ of another program. It has to come by the content itself: only descriptors are sent. Answering that it is
/// not implemented, it leaves a layer to the next differ.
public final class ProxyLayers implements LayerStore {
    private static final Duration LONG = Duration.ofMinutes(30);

    private final Peer peer;
    private final Scope scope;

    public ProxyLayers(Peer peer) {
        this(peer, Scope.of("default"));
    }

    private ProxyLayers(Peer peer, Scope scope) {
        this.peer = peer;
        this.scope = scope;
    }

    @Override
    public LayerStore in(Scope other) {
        return new ProxyLayers(peer, other);
    }

    private DiffBlockingStub stub() {
        return peer.stub(DiffGrpc::newBlockingStub, scope, LONG);
    }

    @Override
    public Descriptor apply(
            ContentStore content, Descriptor layer, List<Mount> mounts, Map<String, TypedBytes> payloads) {
        var request = ApplyRequest.newBuilder().setDiff(encode(layer)).addAllMounts(encode(mounts));
        payloads.forEach((id, payload) -> request.putPayloads(
                id,
                Any.newBuilder()
                        .setTypeUrl(payload.typeUrl())
                        .setValue(ByteString.copyFrom(payload.value()))
                        .build()));
        return decode(peer.call("apply layer " + layer.digest(), () -> stub().apply(request.build()))
                .getApplied());
    }

    @Override
    public Descriptor diff(ContentStore content, List<Mount> lower, List<Mount> upper, DiffOptions options) {
        var request = DiffRequest.newBuilder()
                .addAllLeft(encode(lower))
                .addAllRight(encode(upper))
                .setMediaType(options.mediaType())
                .setRef(options.ref())
                .putAllLabels(options.labels());
        options.sourceDateEpoch()
                .ifPresent(time -> request.setSourceDateEpoch(
                        Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano())));
        return decode(
                peer.call("compute layer", () -> stub().diff(request.build())).getDiff());
    }

    private static dev.coracle.containerd.api.types.Descriptor encode(Descriptor descriptor) {
        return dev.coracle.containerd.api.types.Descriptor.newBuilder()
                .setMediaType(descriptor.mediaType())
                .setDigest(descriptor.digest().toString())
                .setSize(descriptor.size())
                .putAllAnnotations(descriptor.annotations())
                .build();
    }

    private static Descriptor decode(dev.coracle.containerd.api.types.Descriptor descriptor) {
        return new Descriptor(
                descriptor.getMediaType(),
                Digest.parse(descriptor.getDigest()),
                descriptor.getSize(),
                descriptor.getAnnotationsMap());
    }

    private static List<dev.coracle.containerd.api.types.Mount> encode(List<Mount> mounts) {
        return mounts.stream()
                .map(mount -> dev.coracle.containerd.api.types.Mount.newBuilder()
                        .setType(mount.type())
                        .setSource(mount.source())
                        .setTarget(mount.target())
                        .addAllOptions(mount.options())
                        .build())
                .toList();
    }
}
