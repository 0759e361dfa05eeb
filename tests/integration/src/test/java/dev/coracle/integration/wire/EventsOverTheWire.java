package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.coracle.containerd.api.events.NamespaceCreate;
import dev.coracle.containerd.api.events.service.EventsGrpc;
import dev.coracle.containerd.api.events.service.EventsGrpc.EventsBlockingStub;
import dev.coracle.containerd.api.events.service.ForwardRequest;
import dev.coracle.containerd.api.events.service.PublishRequest;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.ttrpc.Request;
import dev.coracle.containerd.api.ttrpc.Response;
import dev.coracle.containerd.api.types.Envelope;
import io.grpc.Status;
import java.io.DataInputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class EventsOverTheWire extends OverTheWire {
    private static final Any PAYLOAD = Any.newBuilder()
            .setTypeUrl("containerd.events.NamespaceCreate")
            .setValue(NamespaceCreate.newBuilder().setName("told").build().toByteString())
            .build();

    private final EventsBlockingStub events = in(EventsGrpc.newBlockingStub(channel));

    /// One that is known to hold: it has heard something.
    private Subscription subscribed(String... filters) throws Exception {
        var all = new java.util.ArrayList<>(List.of(filters));
        all.add("topic==\"/held\", namespace==" + namespace);
        var subscription = new Subscription(channel, all.toArray(String[]::new));
        Awaitility.await("the subscription").until(() -> {
            publish("/held");
            return subscription.hears();
        });
        return subscription;
    }

    /// The next event that is not one of those that [#subscribed] sent.
    private static Envelope next(Subscription subscription) throws InterruptedException {
        var next = subscription.next();
        while (next.getTopic().equals("/held")) {
            next = subscription.next();
        }
        return next;
    }

    @Test
    @Since("1.7")
    void a_subscriber_hears_all_namespaces_in_order() throws Exception {
        try (var subscription = subscribed("topic==\"/namespaces/create\",event.name~=^hear")) {
            for (var name : List.of("other", "hear1", "hear2")) {
                in(NamespacesGrpc.newBlockingStub(channel))
                        .create(CreateNamespaceRequest.newBuilder()
                                .setNamespace(Namespace.newBuilder().setName(name))
                                .build());
            }

            var first = next(subscription);
            assertThat(first.getTopic()).isEqualTo("/namespaces/create");
            assertThat(first.getNamespace()).isEqualTo("hear1");
            assertThat(first.hasTimestamp()).isTrue();
            assertThat(first.getEvent().getTypeUrl()).isEqualTo("containerd.events.NamespaceCreate");
            assertThat(NamespaceCreate.parseFrom(first.getEvent().getValue()).getName())
                    .isEqualTo("hear1");
            assertThat(next(subscription).getNamespace()).isEqualTo("hear2");
        }
    }

    @Test
    void what_a_client_publishes_arrives_as_it_was_in_order() throws Exception {
        try (var subscription = subscribed("topic~=/^.mine/, namespace==" + namespace)) {
            for (var at = 0; at < 200; at++) {
                publish("/mine/" + at);
            }
            for (var at = 0; at < 200; at++) {
                var heard = next(subscription);
                assertThat(heard.getTopic()).isEqualTo("/mine/" + at);
                assertThat(heard.getNamespace()).isEqualTo(namespace);
                assertThat(heard.getEvent()).isEqualTo(PAYLOAD);
            }
        }
    }

    @Test
    void what_is_forwarded_keeps_its_time_and_namespace() throws Exception {
        var envelope = Envelope.newBuilder()
                .setTimestamp(Timestamp.newBuilder().setSeconds(5).setNanos(7))
                .setNamespace("far")
                .setTopic("/forwarded/" + namespace)
                .setEvent(PAYLOAD)
                .build();
        try (var subscription = subscribed("topic==" + "\"/forwarded/" + namespace + "\"")) {
            forward(envelope);

            assertThat(next(subscription)).isEqualTo(envelope);
        }
    }

    @Test
    void topics_are_paths_of_identifiers() {
        for (var topic : List.of("", "no-slash", "/", "/a//b", "/a/", "/ä", "/" + "a".repeat(77))) {
            refuses("", () -> publish(topic));
        }
        publish("/" + "a".repeat(76));
    }

    @Test
    void what_is_forwarded_is_whole() {
        var whole = Envelope.newBuilder()
                .setTimestamp(Timestamp.newBuilder().setSeconds(5))
                .setNamespace("far")
                .setTopic("/whole")
                .setEvent(PAYLOAD)
                .build();

        refuses(
                "timestamp",
                () -> forward(whole.toBuilder().setTimestamp(zero()).build()));
        refuses("namespace", () -> forward(whole.toBuilder().setNamespace("").build()));
        refuses(
                "namespace",
                () -> forward(whole.toBuilder().setNamespace("no/slash").build()));
        refuses("topic", () -> forward(whole.toBuilder().setTopic("whole").build()));
        forward(whole);
    }

    @Test
    void a_namespace_is_required_to_publish() {
        needsNamespace(() -> EventsGrpc.newBlockingStub(channel)
                .publish(PublishRequest.newBuilder()
                        .setTopic("/t")
                        .setEvent(PAYLOAD)
                        .build()));
    }

    @Test
    @ContainerdDiffers("the failure of a subscription leaves as UNKNOWN, with the same words")
    void a_filter_that_cannot_be_read_is_refused() throws Exception {
        try (var subscription = new Subscription(channel, "topic=x")) {
            assertThat(subscription.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void shims_forward_over_the_ttrpc_twin() throws Exception {
        var forward = dev.coracle.containerd.api.events.ttrpc.ForwardRequest.newBuilder()
                .setEnvelope(Envelope.newBuilder()
                        .setTimestamp(Timestamp.newBuilder().setSeconds(5))
                        .setNamespace("shim")
                        .setTopic("/shim/event")
                        .setEvent(PAYLOAD))
                .build();
        try (var subscription = subscribed("topic==\"/shim/event\"");
                var twin = SocketChannel.open(UnixDomainSocketAddress.of(DAEMON.socket() + ".ttrpc"))) {
            var service = "containerd.services.events.ttrpc.v1.Events";
            assertThat(call(twin, 1, service, "Forward", forward.toByteString()))
                    .isEqualTo(Status.Code.OK);
            assertThat(next(subscription).getNamespace()).isEqualTo("shim");
            assertThat(call(twin, 3, service, "Nothing", ByteString.EMPTY)).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(call(twin, 5, "cats", "Forward", ByteString.EMPTY)).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(call(twin, 7, service, "Forward", ByteString.copyFrom(new byte[5 << 20])))
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    /// What Go's clients send when they have no time.
    private static Timestamp zero() {
        return Timestamp.newBuilder().setSeconds(-62_135_596_800L).build();
    }

    private void publish(String topic) {
        var _ = events.publish(
                PublishRequest.newBuilder().setTopic(topic).setEvent(PAYLOAD).build());
    }

    private void forward(Envelope envelope) {
        var _ = events.forward(ForwardRequest.newBuilder().setEnvelope(envelope).build());
    }

    private static Status.Code call(SocketChannel twin, int stream, String service, String method, ByteString payload)
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
        var status = Response.parseFrom(in.readNBytes(length)).getStatus();
        return Status.fromCodeValue(status.getCode()).getCode();
    }
}
