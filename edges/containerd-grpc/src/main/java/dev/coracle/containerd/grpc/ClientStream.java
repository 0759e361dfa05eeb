package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import dev.coracle.base.EngineException.Unavailable;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// One stream that a client has opened beside its calls: objects both ways, at the pace of the
/// slower side. One thread receives and one sends at a time.
final class ClientStream implements StreamObserver<Any>, AutoCloseable {
    private final ServerCallStreamObserver<Any> reply;
    private final Runnable ended;
    private final Deque<Any> received = new ArrayDeque<>();
    private boolean clientDone;
    private boolean closed;

    /// @param ended called once, when neither side uses the stream any more
    ClientStream(ServerCallStreamObserver<Any> reply, Runnable ended) {
        this.reply = reply;
        this.ended = ended;
        reply.setOnReadyHandler(this::wake);
        reply.setOnCancelHandler(this::gone);
    }

    /// Tells the client that the stream can be referred to from now on.
    void acknowledge() {
        reply.onNext(Wire.any(Empty.getDefaultInstance()));
        reply.request(1);
    }

    /// The next object; nothing when the client has ended its side.
    synchronized Optional<Any> receive() throws InterruptedException {
        while (received.isEmpty() && !clientDone && !closed) {
            wait();
        }
        if (received.isEmpty()) {
            return Optional.empty();
        }
        var next = received.pop();
        if (!clientDone && !closed) {
            reply.request(1);
        }
        return Optional.of(next);
    }

    /// Sends one object, waiting until the client has room for it.
    ///
    /// @throws Unavailable when the client has gone
    synchronized void send(Any message) throws InterruptedException {
        while (!reply.isReady() && !reply.isCancelled() && !closed) {
            wait();
        }
        if (reply.isCancelled() || closed) {
            throw new Unavailable("the client has closed the stream");
        }
        reply.onNext(message);
    }

    @Override
    public synchronized void onNext(Any message) {
        received.add(message);
        notifyAll();
    }

    @Override
    public void onError(Throwable failure) {
        gone();
    }

    @Override
    public synchronized void onCompleted() {
        clientDone = true;
        notifyAll();
    }

    private synchronized void wake() {
        notifyAll();
    }

    private void gone() {
        synchronized (this) {
            clientDone = true;
            notifyAll();
        }
        close();
    }

    /// Ends our side, and with it the stream.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            notifyAll();
            if (!reply.isCancelled()) {
                reply.onCompleted();
            }
        }
        ended.run();
    }
}
