package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import dev.coracle.base.Digest;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.FieldMask;
import dev.coracle.core.types.TypedBytes;
import java.time.Instant;
import java.util.List;

/// The values that several services share, to the wire and back.
final class Wire {
    /// Go's zero time, which its clients recognise as "not yet".
    private static final Timestamp NEVER =
            Timestamp.newBuilder().setSeconds(-62_135_596_800L).build();

    private Wire() {}

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /// A time that may not have come: EPOCH stands for that.
    static Timestamp timestampOrNever(Instant instant) {
        return instant.equals(Instant.EPOCH) ? NEVER : timestamp(instant);
    }

    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    static Any any(TypedBytes bytes) {
        return Any.newBuilder()
                .setTypeUrl(bytes.typeUrl())
                .setValue(UnsafeByteOperations.unsafeWrap(bytes.value()))
                .build();
    }

    /// Packs a message under its bare name; `Any.pack` would put a prefix before it that Go
    /// clients do not take.
    static Any any(com.google.protobuf.Message message) {
        return Any.newBuilder()
                .setTypeUrl(message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }

    static TypedBytes bytes(Any any) {
        return new TypedBytes(any.getTypeUrl(), any.getValue().toByteArray());
    }

    static dev.coracle.containerd.api.types.Mount mount(Mount mount) {
        return dev.coracle.containerd.api.types.Mount.newBuilder()
                .setType(mount.type())
                .setSource(mount.source())
                .setTarget(mount.target())
                .addAllOptions(mount.options())
                .build();
    }

    static List<dev.coracle.containerd.api.types.Mount> mounts(List<Mount> mounts) {
        return mounts.stream().map(Wire::mount).toList();
    }

    static List<Mount> mountsFrom(List<dev.coracle.containerd.api.types.Mount> mounts) {
        return mounts.stream()
                .map(mount -> new Mount(mount.getType(), mount.getSource(), mount.getTarget(), mount.getOptionsList()))
                .toList();
    }

    static dev.coracle.containerd.api.types.Descriptor descriptor(Descriptor descriptor) {
        return dev.coracle.containerd.api.types.Descriptor.newBuilder()
                .setMediaType(descriptor.mediaType())
                .setDigest(descriptor.digest().toString())
                .setSize(descriptor.size())
                .putAllAnnotations(descriptor.annotations())
                .build();
    }

    static Descriptor descriptor(dev.coracle.containerd.api.types.Descriptor descriptor) {
        return new Descriptor(
                descriptor.getMediaType(),
                Digest.parse(descriptor.getDigest()),
                descriptor.getSize(),
                descriptor.getAnnotationsMap());
    }

    static FieldMask mask(com.google.protobuf.FieldMask mask) {
        return new FieldMask(mask.getPathsList());
    }
}
