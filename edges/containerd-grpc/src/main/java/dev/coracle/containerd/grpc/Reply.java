package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/// Answers of one message. What the call throws goes up to the [Boundary].
final class Reply {
    private Reply() {}

    static <A> void with(StreamObserver<A> reply, Supplier<A> call) {
        reply.onNext(call.get());
        reply.onCompleted();
    }

    static void empty(StreamObserver<Empty> reply, Runnable call) {
        call.run();
        reply.onNext(Empty.getDefaultInstance());
        reply.onCompleted();
    }

    /// Runs a call that waits for something other than this daemon, and interrupts it when the
    /// client goes away or its deadline passes.
    static <A> A waiting(Waiting<A> call) {
        var waiter = Thread.currentThread();
        var context = Context.current();
        Context.CancellationListener interrupt = _ -> waiter.interrupt();
        context.addListener(interrupt, Runnable::run);
        try {
            return call.call();
        } catch (InterruptedException e) {
            waiter.interrupt();
            throw new Boundary.Interruption(e);
        } finally {
            context.removeListener(interrupt);
        }
    }

    /// A call that can be interrupted.
    @FunctionalInterface
    interface Waiting<A> {
        A call() throws InterruptedException;
    }
}
