package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.coracle.containerd.api.events.NamespaceCreate;
import dev.coracle.containerd.api.events.service.EventsGrpc;
import dev.coracle.containerd.api.events.service.ForwardRequest;
import dev.coracle.containerd.api.events.service.PublishRequest;
import dev.coracle.containerd.api.events.service.SubscribeRequest;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.ttrpc.Request;
import dev.coracle.containerd.api.ttrpc.Response;
import dev.coracle.containerd.api.types.Envelope;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.DataInputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventsOverTheWireTest extends SharedDaemonTest {
    /// A subscription that is known to hold, because its headers have come.
    private final class Subscription extends ClientCall.Listener<Envelope> implements AutoCloseable {
        private final BlockingQueue<Envelope> envelopes = new LinkedBlockingQueue<>();
        private final CountDownLatch headers = new CountDownLatch(1);
        private final ClientCall<SubscribeRequest, Envelope> call;

        Subscription(String... filters) throws InterruptedException {
            call = daemon.channel.newCall(EventsGrpc.getSubscribeMethod(), io.grpc.CallOptions.DEFAULT);
            call.start(this, new Metadata());
            call.request(100);
            call.sendMessage(SubscribeRequest.newBuilder()
                    .addAllFilters(java.util.List.of(filters))
                    .build());
            call.halfClose();
            assertThat(headers.await(20, TimeUnit.SECONDS))
                    .as("headers come at once")
                    .isTrue();
        }

        @Override
        public void onHeaders(Metadata metadata) {
            headers.countDown();
        }

        @Override
        public void onMessage(Envelope envelope) {
            envelopes.add(envelope);
        }

        Envelope next() throws InterruptedException {
            return envelopes.poll(20, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            call.cancel("done", null);
        }
    }

    @Test
    void a_subscriber_hears_all_namespaces_in_order() throws Exception {
        try (var subscription = new Subscription("topic==/namespaces/create,event.name~=^hear")) {
            var namespaces = NamespacesGrpc.newBlockingStub(daemon.channel);
            for (var name : java.util.List.of("other", "hear1", "hear2")) {
                namespaces.create(CreateNamespaceRequest.newBuilder()
                        .setNamespace(Namespace.newBuilder().setName(name))
                        .build());
            }

            var first = subscription.next();
            assertThat(first.getTopic()).isEqualTo("/namespaces/create");
            assertThat(first.getNamespace()).isEqualTo("hear1");
            assertThat(first.getEvent().getTypeUrl()).isEqualTo("containerd.events.NamespaceCreate");
            assertThat(NamespaceCreate.parseFrom(first.getEvent().getValue()).getName())
                    .isEqualTo("hear1");
            assertThat(subscription.next().getNamespace()).isEqualTo("hear2");
        }
    }

    @Test
    void what_a_client_publishes_or_forwards_arrives_as_it_was() throws Exception {
        var events = daemon.in("pub", EventsGrpc.newBlockingStub(daemon.channel));
        var payload = Any.newBuilder()
                .setTypeUrl("t")
                .setValue(ByteString.copyFromUtf8("x"))
                .build();
        try (var subscription = new Subscription("topic~=^/mine")) {
            var _ = events.publish(PublishRequest.newBuilder()
                    .setTopic("/mine/1")
                    .setEvent(payload)
                    .build());
            var envelope = Envelope.newBuilder()
                    .setTimestamp(Timestamp.newBuilder().setSeconds(5).setNanos(7))
                    .setNamespace("far")
                    .setTopic("/mine/2")
                    .build();
            var _ = events.forward(
                    ForwardRequest.newBuilder().setEnvelope(envelope).build());

            assertThat(subscription.next().getEvent()).isEqualTo(payload);
            var forwarded = subscription.next();
            assertThat(forwarded.getTimestamp()).isEqualTo(envelope.getTimestamp());
            assertThat(forwarded.getNamespace()).isEqualTo("far");
        }
        fails(
                Status.Code.INVALID_ARGUMENT,
                "topic",
                () -> events.publish(
                        PublishRequest.newBuilder().setTopic("no-slash").build()));
        fails(
                Status.Code.INVALID_ARGUMENT,
                "component",
                () -> events.publish(
                        PublishRequest.newBuilder().setTopic("/a//b").build()));
        fails(
                Status.Code.INVALID_ARGUMENT,
                "timestamp",
                () -> events.forward(ForwardRequest.newBuilder()
                        .setEnvelope(Envelope.newBuilder().setNamespace("n").setTopic("/t"))
                        .build()));
        fails(
                Status.Code.FAILED_PRECONDITION,
                "namespace is required",
                () -> EventsGrpc.newBlockingStub(daemon.channel)
                        .publish(PublishRequest.newBuilder().setTopic("/t").build()));
    }

    @Test
    void shims_forward_over_the_ttrpc_twin() throws Exception {
        var forward = dev.coracle.containerd.api.events.ttrpc.ForwardRequest.newBuilder()
                .setEnvelope(Envelope.newBuilder()
                        .setTimestamp(Timestamp.newBuilder().setSeconds(5))
                        .setNamespace("shim")
                        .setTopic("/shim/event"))
                .build();
        try (var subscription = new Subscription("topic==/shim/event");
                var twin = SocketChannel.open(UnixDomainSocketAddress.of(daemon.socket + ".ttrpc"))) {
            var service = "containerd.services.events.ttrpc.v1.Events";
            assertThat(call(twin, 1, service, "Forward", forward.toByteString())
                            .getStatus()
                            .getCode())
                    .isZero();
            assertThat(subscription.next().getNamespace()).isEqualTo("shim");
            assertThat(call(twin, 3, service, "Nothing", ByteString.EMPTY)
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.UNIMPLEMENTED.value());
            assertThat(call(twin, 5, service, "Forward", ByteString.EMPTY)
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT.value());
            assertThat(call(twin, 7, service, "Forward", ByteString.copyFrom(new byte[5 << 20]))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
        }
    }

    private static Response call(SocketChannel twin, int stream, String service, String method, ByteString payload)
            throws Exception {
        var request = Request.newBuilder()
                .setService(service)
                .setMethod(method)
                .setPayload(payload)
                .build()
                .toByteArray();
        var frame = ByteBuffer.allocate(10 + request.length)
                .putInt(request.length)
                .putInt(stream)
                .put((byte) 1)
                .put((byte) 0)
                .put(request)
                .flip();
        while (frame.hasRemaining()) {
            twin.write(frame);
        }
        var in = new DataInputStream(Channels.newInputStream(twin));
        var length = in.readInt();
        assertThat(in.readInt()).isEqualTo(stream);
        assertThat(in.readByte()).as("a response").isEqualTo((byte) 2);
        in.readByte();
        return Response.parseFrom(in.readNBytes(length));
    }
}
