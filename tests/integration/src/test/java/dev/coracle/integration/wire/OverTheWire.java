package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.coracle.base.Digest;
import dev.coracle.containerd.api.leases.CreateRequest;
import dev.coracle.containerd.api.leases.LeasesGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The cases of one service. Each has a namespace of its own.
@Timeout(120)
@ExtendWith(Differences.class)
abstract class OverTheWire {
    static final WireDaemon DAEMON = WireDaemon.get();

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String NAMESPACE = "containerd-namespace";
    private static final String LEASE = "containerd-lease";

    final String namespace = "n" + COUNT.incrementAndGet();
    final ManagedChannel channel = DAEMON.channel();
    private boolean isHeld;

    /// A stub whose calls carry the case's namespace.
    <S extends AbstractStub<S>> S in(S stub) {
        return in(namespace, stub);
    }

    <S extends AbstractStub<S>> S in(String other, S stub) {
        return DAEMON.with(Map.of(NAMESPACE, other), stub);
    }

    /// The same with a lease, so that nothing that is made is collected.
    <S extends AbstractStub<S>> S held(S stub) {
        if (!isHeld) {
            isHeld = true;
            lease("held");
        }
        return leased("held", stub);
    }

    <S extends AbstractStub<S>> S leased(String lease, S stub) {
        return DAEMON.with(Map.of(NAMESPACE, namespace, LEASE, lease), stub);
    }

    void lease(String id) {
        in(LeasesGrpc.newBlockingStub(channel))
                .create(CreateRequest.newBuilder().setId(id).build());
    }

    static void fails(Status.Code code, String message, ThrowingCallable call) {
        var thrown = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(thrown).as("a failure with " + code).isNotNull();
        assertThat(thrown.getStatus().getCode())
                .as(String.valueOf(thrown.getMessage()))
                .isEqualTo(code);
        assertThat(thrown.getStatus().getDescription()).contains(message);
    }

    static void refuses(String message, ThrowingCallable call) {
        fails(Status.Code.INVALID_ARGUMENT, message, call);
    }

    static void isMissing(ThrowingCallable call) {
        fails(Status.Code.NOT_FOUND, "not found", call);
    }

    static void exists(ThrowingCallable call) {
        fails(Status.Code.ALREADY_EXISTS, "already exists", call);
    }

    static void needsNamespace(ThrowingCallable call) {
        fails(Status.Code.FAILED_PRECONDITION, "namespace is required", call);
    }

    static FieldMask mask(String... paths) {
        return FieldMask.newBuilder().addAllPaths(List.of(paths)).build();
    }

    /// Labels of the length that is just too long, or with one less the longest.
    static Map<String, String> labelsOf(int length) {
        return Map.of("k", "v".repeat(length - 1));
    }

    /// Under the bare name of the type, as Go's clients write it.
    static Any any(Message message) {
        return Any.newBuilder()
                .setTypeUrl(message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }

    static String digest(ByteString bytes) {
        return Digest.ofBytes(bytes.toByteArray()).toString();
    }
}
