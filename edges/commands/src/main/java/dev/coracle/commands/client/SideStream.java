package dev.coracle.commands.client;

import com.google.protobuf.Any;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.containerd.api.streaming.StreamInit;
import dev.coracle.containerd.api.streaming.StreamingGrpc;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A stream beside the calls, which a transfer is told of by its id: objects both ways, at the pace
/// of the slower side. One thread receives and one sends at a time.
final class SideStream implements ClientResponseObserver<Any, Any>, AutoCloseable {
    private final String id = UUID.randomUUID().toString();
    private final Deque<Any> received = new ArrayDeque<>();
    private @Nullable ClientCallStreamObserver<Any> call;
    private @Nullable Throwable failure;
    private boolean ended;
    private boolean closed;

    private SideStream() {}

    /// Opens a stream; when this returns, the daemon knows it.
    ///
    /// @throws EngineException.NotImplemented when the daemon has no such streams
    static SideStream open(Connection connection) throws InterruptedException {
        var stream = new SideStream();
        var _ = connection.stub(StreamingGrpc::newStub).stream(stream);
        stream.call().onNext(Wires.any(StreamInit.newBuilder().setId(stream.id).build()));
        if (stream.receive().isEmpty()) {
            throw stream.failed();
        }
        return stream;
    }

    String id() {
        return id;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Any> started) {
        call = started;
        started.disableAutoRequestWithInitial(1);
        started.setOnReadyHandler(this::wake);
    }

    private ClientCallStreamObserver<Any> call() {
        var started = call;
        if (started == null) {
            throw new IllegalStateException("a stream that was not started");
        }
        return started;
    }

    /// The next object; nothing when the daemon has ended the stream.
    synchronized Optional<Any> receive() throws InterruptedException {
        while (received.isEmpty() && !ended) {
            wait();
        }
        if (received.isEmpty()) {
            return Optional.empty();
        }
        if (!ended) {
            call().request(1);
        }
        return Optional.of(received.pop());
    }

    /// Sends one object, waiting for room.
    ///
    /// @return whether the daemon still takes any
    synchronized boolean send(Any message) throws InterruptedException {
        while (!call().isReady() && !ended && !closed) {
            wait();
        }
        if (ended || closed) {
            return false;
        }
        call().onNext(message);
        return true;
    }

    /// Sends something small without waiting for room, which a stream that the daemon has ended does not have, though
    /// its last objects are not received yet.
    synchronized void tell(Any message) {
        if (!ended && !closed) {
            call().onNext(message);
        }
    }

    /// Tells the daemon that nothing more comes from here.
    synchronized void finish() {
        if (!ended && !closed) {
            closed = true;
            call().onCompleted();
        }
    }

    private EngineException failed() {
        var cause = failure;
        return cause == null
                ? new Unavailable("the daemon has closed the stream")
                : Connection.failure(Status.fromThrowable(cause), cause);
    }

    @Override
    public synchronized void onNext(Any message) {
        received.add(message);
        notifyAll();
    }

    @Override
    public synchronized void onError(Throwable cause) {
        failure = cause;
        ended = true;
        notifyAll();
    }

    @Override
    public synchronized void onCompleted() {
        ended = true;
        notifyAll();
    }

    private synchronized void wake() {
        notifyAll();
    }

    @Override
    public synchronized void close() {
        if (!ended) {
            ended = true;
            call().cancel("done with it", null);
            notifyAll();
        }
    }
}
