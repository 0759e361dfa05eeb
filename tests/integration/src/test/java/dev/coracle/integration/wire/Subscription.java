package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.containerd.api.events.service.EventsGrpc;
import dev.coracle.containerd.api.events.service.SubscribeRequest;
import dev.coracle.containerd.api.types.Envelope;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client that hears events, one after the other.
final class Subscription extends ClientCall.Listener<Envelope> implements AutoCloseable {
    private static final long LONGEST_WAIT_SECONDS = 60;

    private final BlockingQueue<Envelope> envelopes = new LinkedBlockingQueue<>();
    private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();
    private final ClientCall<SubscribeRequest, Envelope> call;

    Subscription(ManagedChannel channel, String... filters) {
        call = channel.newCall(EventsGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
        call.start(this, new Metadata());
        call.request(Integer.MAX_VALUE);
        call.sendMessage(
                SubscribeRequest.newBuilder().addAllFilters(List.of(filters)).build());
        call.halfClose();
    }

    @Override
    public void onMessage(Envelope envelope) {
        envelopes.add(envelope);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        end.add(status);
    }

    Envelope next() throws InterruptedException {
        var next = envelopes.poll(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(next).as("an event; the stream's end: %s", end).isNotNull();
        return next;
    }

    /// Whether an event is there within a moment.
    boolean hears() throws InterruptedException {
        return envelopes.poll(50, TimeUnit.MILLISECONDS) != null;
    }

    Status ended() throws InterruptedException {
        var status = end.poll(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(status).as("the end of the stream").isNotNull();
        return status;
    }

    @Override
    public void close() {
        call.cancel("done", null);
    }
}
