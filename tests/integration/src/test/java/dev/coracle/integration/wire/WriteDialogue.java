package dev.coracle.integration.wire;

import com.google.protobuf.ByteString;
import dev.coracle.containerd.api.content.ContentGrpc.ContentStub;
import dev.coracle.containerd.api.content.WriteAction;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// One dialogue that writes content; answers and the end arrive in a queue, in order.
final class WriteDialogue implements StreamObserver<WriteContentResponse> {
    static final Object END = "end";

    private static final long LONGEST_WAIT_SECONDS = 60;

    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<WriteContentRequest> requests;

    WriteDialogue(ContentStub content) {
        requests = content.write(this);
    }

    static WriteContentRequest.Builder stat(String ref) {
        return WriteContentRequest.newBuilder().setAction(WriteAction.STAT).setRef(ref);
    }

    static WriteContentRequest.Builder write(long offset, String data) {
        return WriteContentRequest.newBuilder()
                .setAction(WriteAction.WRITE)
                .setOffset(offset)
                .setData(ByteString.copyFromUtf8(data));
    }

    static WriteContentRequest.Builder commit(long offset, String data) {
        return write(offset, data).setAction(WriteAction.COMMIT);
    }

    @Override
    public void onNext(WriteContentResponse value) {
        answers.add(value);
    }

    @Override
    public void onError(Throwable failure) {
        answers.add(failure);
    }

    @Override
    public void onCompleted() {
        answers.add(END);
    }

    void say(WriteContentRequest.Builder request) {
        requests.onNext(request.build());
    }

    /// The answer to a message.
    ///
    /// @throws StatusRuntimeException when the dialogue failed instead
    WriteContentResponse ask(WriteContentRequest.Builder request) throws InterruptedException {
        say(request);
        return switch (next()) {
            case WriteContentResponse answer -> answer;
            case StatusRuntimeException failure -> throw failure;
            case Object other -> throw new AssertionError("an answer was expected, not " + other);
        };
    }

    Object next() throws InterruptedException {
        var next = answers.poll(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no answer within " + LONGEST_WAIT_SECONDS + " s");
        }
        return next;
    }

    Status.Code failure() throws InterruptedException {
        return switch (next()) {
            case StatusRuntimeException failure -> failure.getStatus().getCode();
            case Object other -> throw new AssertionError("a failure was expected, not " + other);
        };
    }

    /// Says no more; the dialogue ends by itself.
    void finish() {
        requests.onCompleted();
    }

    /// Goes away in the middle.
    void leave() {
        requests.onError(Status.CANCELLED.asRuntimeException());
    }
}
