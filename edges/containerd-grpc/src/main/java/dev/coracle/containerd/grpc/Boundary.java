package dev.coracle.containerd.grpc;

import com.google.protobuf.MessageLite;
import dev.coracle.base.EngineException.ResourceExhausted;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/// What stands between the wire and every service: it reads the caller's headers, turns what a
/// service throws into a status, and refuses answers that no client would take.
final class Boundary implements ServerInterceptor {
    private static final System.Logger LOG = System.getLogger("dev.coracle.containerd.grpc");

    private final ContainerdServer.Limits limits;

    Boundary(ContainerdServer.Limits limits) {
        this.limits = limits;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var guarded = new GuardedCall<>(call, limits.largestSent());
        var context = Caller.context(headers, () -> guarded.sendHeaders(new Metadata()));
        try {
            return new GuardedListener<>(
                    Contexts.interceptCall(context, guarded, headers, next), guarded, limits.largestReceived());
        } catch (RuntimeException | Error e) { // a dialogue looks at its caller before the first message
            guarded.close(fail(call.getMethodDescriptor().getFullMethodName(), e), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    /// Writes what is worth a line and gives the status for the client.
    static Status fail(String method, Throwable failure) {
        var status = Failures.toStatus(failure);
        if (status.getCode() == Status.Code.UNKNOWN || status.getCode() == Status.Code.INTERNAL) {
            LOG.log(Level.ERROR, "request failed method=" + method, failure);
        } else {
            LOG.log(Level.DEBUG, () -> "request failed method=" + method + " error=" + status.getDescription());
        }
        return status;
    }

    /// A call that sends its headers and its status at most once.
    private static final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final AtomicBoolean headersSent = new AtomicBoolean();
        private final AtomicBoolean closed = new AtomicBoolean();
        private final int largestMessage;

        GuardedCall(ServerCall<Q, A> call, int largestMessage) {
            super(call);
            this.largestMessage = largestMessage;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!headersSent.getAndSet(true)) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public void sendMessage(A message) {
            if (message instanceof MessageLite protobuf && protobuf.getSerializedSize() > largestMessage) {
                close(
                        Status.RESOURCE_EXHAUSTED.withDescription("answer of " + protobuf.getSerializedSize()
                                + " bytes is larger than " + largestMessage + ": resource exhausted"),
                        new Metadata());
            } else if (!closed.get()) {
                super.sendMessage(message);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!closed.getAndSet(true)) {
                super.close(status, trailers);
            }
        }
    }

    private static final class GuardedListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private final int largestMessage;

        GuardedListener(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call, int largestMessage) {
            super(listener);
            this.call = call;
            this.largestMessage = largestMessage;
        }

        @Override
        public void onMessage(Q message) {
            guard(() -> {
                if (message instanceof MessageLite protobuf && protobuf.getSerializedSize() > largestMessage) {
                    throw new ResourceExhausted("received message of " + protobuf.getSerializedSize()
                            + " bytes is larger than " + largestMessage);
                }
                super.onMessage(message);
            });
        }

        @Override
        public void onHalfClose() {
            guard(super::onHalfClose);
        }

        @SuppressWarnings("CatchAndPrintStackTrace") // this is one of the three places where everything is caught
        private void guard(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                var cause = e instanceof Interruption interruption ? interruption.interrupted() : e;
                call.close(fail(call.getMethodDescriptor().getFullMethodName(), cause), new Metadata());
            }
        }
    }

    /// Carries an interruption through interfaces that have no place for it.
    static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final InterruptedException interrupted;

        Interruption(InterruptedException interrupted) {
            super(interrupted);
            this.interrupted = interrupted;
        }

        InterruptedException interrupted() {
            return interrupted;
        }
    }
}
