package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.coracle.containerd.api.streaming.StreamInit;
import dev.coracle.containerd.api.streaming.StreamingGrpc.StreamingStub;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A client's end of a stream.
final class ClientEnd implements StreamObserver<Any>, AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final BlockingQueue<Any> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();
    private final StreamObserver<Any> out;
    private boolean isFinished;

    ClientEnd(StreamingStub streaming, Any first) {
        out = streaming.stream(this);
        out.onNext(first);
    }

    ClientEnd(StreamingStub streaming, String id) {
        this(streaming, OverTheWire.any(StreamInit.newBuilder().setId(id).build()));
    }

    /// Waits for the daemon's word that the stream can be referred to.
    ClientEnd acknowledged() throws InterruptedException {
        assertThat(next().getTypeUrl()).isEqualTo("google.protobuf.Empty");
        return this;
    }

    void send(Message message) {
        out.onNext(OverTheWire.any(message));
    }

    Any next() throws InterruptedException {
        Awaitility.await("a message or the end")
                .atMost(LONGEST_WAIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !messages.isEmpty() || !end.isEmpty());
        var message = messages.poll();
        assertThat(message).as("a message on the stream; its end: %s", end).isNotNull();
        return message;
    }

    boolean isQuiet() {
        return messages.isEmpty();
    }

    /// The end of a stream on which nothing comes before it.
    Status.Code endedAtOnce() throws InterruptedException {
        Awaitility.await("a message or the end")
                .atMost(LONGEST_WAIT)
                .until(() -> !messages.isEmpty() || !end.isEmpty());
        assertThat(messages).isEmpty();
        return ended();
    }

    Status.Code ended() throws InterruptedException {
        var status = end.poll(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(status).as("the end of the stream").isNotNull();
        return status.getCode();
    }

    @Override
    public void onNext(Any message) {
        messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
        end.add(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        end.add(Status.OK);
    }

    @Override
    public void close() {
        finish();
    }

    /// Sends no more.
    void finish() {
        if (!isFinished) {
            isFinished = true;
            out.onCompleted();
        }
    }
}
