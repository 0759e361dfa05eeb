package dev.coracle.containerd.grpc;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Answers of many messages: sends only as fast as the client takes them. The body runs on a
/// virtual thread of its own, because the call's own thread has to stay free to hear that the
/// client is ready again, or gone.
final class Outlet<A> {
    private static final int BATCH = 100;

    private final ServerCallStreamObserver<A> reply;
    private final Object change = new Object();

    private Outlet(ServerCallStreamObserver<A> reply) {
        this.reply = reply;
    }

    /// What a stream does; it ends the stream by returning.
    @FunctionalInterface
    interface Body<A> {
        void run(Outlet<A> outlet) throws Exception;
    }

    /// Starts the stream; returns at once.
    static <A> void open(String method, StreamObserver<A> reply, Body<A> body) {
        var outlet = new Outlet<>((ServerCallStreamObserver<A>) reply);
        outlet.reply.setOnReadyHandler(outlet::wake);
        outlet.reply.setOnCancelHandler(outlet::wake);
        var work = Context.current().wrap(() -> outlet.run(method, body));
        Thread.ofVirtual().name("stream-" + method).start(work);
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // a thread's top, where everything is caught
    private void run(String method, Body<A> body) {
        try {
            body.run(this);
            if (!reply.isCancelled()) {
                reply.onCompleted();
            }
        } catch (InterruptedException _) {
            // The client has gone; there is nobody to tell.
        } catch (Exception | Error e) {
            if (!reply.isCancelled()) {
                reply.onError(Boundary.fail(method, e).asRuntimeException());
            }
        }
    }

    /// Sends one message, waiting until the client has room for it.
    ///
    /// @throws InterruptedException when the client has gone
    void send(A message) throws InterruptedException {
        synchronized (change) {
            while (!reply.isReady() && !reply.isCancelled()) {
                change.wait();
            }
        }
        if (reply.isCancelled()) {
            throw new InterruptedException("client has gone");
        }
        reply.onNext(message);
    }

    /// Waits until the client has gone.
    void awaitEnd() throws InterruptedException {
        synchronized (change) {
            while (!reply.isCancelled()) {
                change.wait();
            }
        }
    }

    /// Sends what a walk visits, a hundred to a message.
    <T> void batches(Consumer<Consumer<T>> walk, Function<List<T>, A> message) throws InterruptedException {
        var all = new ArrayList<T>();
        walk.accept(all::add);
        for (var from = 0; from < all.size(); from += BATCH) {
            send(message.apply(all.subList(from, Math.min(from + BATCH, all.size()))));
        }
    }

    private void wake() {
        synchronized (change) {
            change.notifyAll();
        }
    }
}
