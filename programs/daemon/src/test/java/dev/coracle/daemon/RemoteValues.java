package dev.coracle.daemon;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import dev.coracle.base.Digest;
import dev.coracle.containerd.grpc.Failures;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.function.Supplier;

/// The client's half of the values, written apart from the server's so that a mistake of one is not
/// made good by the other.
final class RemoteValues {
    private RemoteValues() {}

    static <T> T ask(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw Failures.toException(e.getStatus());
        }
    }

    static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    static Any any(TypedBytes bytes) {
        return Any.newBuilder()
                .setTypeUrl(bytes.typeUrl())
                .setValue(ByteString.copyFrom(bytes.value()))
                .build();
    }

    static TypedBytes bytes(Any any) {
        return new TypedBytes(any.getTypeUrl(), any.getValue().toByteArray());
    }

    static FieldMask mask(dev.coracle.core.types.FieldMask mask) {
        return FieldMask.newBuilder().addAllPaths(mask.paths()).build();
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
}
