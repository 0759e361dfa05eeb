package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.events.service.EventsGrpc;
import dev.coracle.containerd.api.events.service.ForwardRequest;
import dev.coracle.containerd.api.events.service.PublishRequest;
import dev.coracle.containerd.api.events.service.SubscribeRequest;
import dev.coracle.containerd.api.types.Envelope;
import dev.coracle.core.events.Event.Foreign;
import dev.coracle.core.events.EventExchange;
import io.grpc.stub.StreamObserver;

/// Events in and out. A subscription sees all namespaces; its headers are sent at once, so that
/// the client knows from when on it misses nothing.
final class EventsService extends EventsGrpc.EventsImplBase {
    /// The first second of the year 1: what Go's clients send when they have no time.
    private static final long GOS_NO_TIME = -62_135_596_800L;

    private final EventExchange events;

    EventsService(EventExchange events) {
        this.events = events;
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<Empty> reply) {
        var scope = Caller.scope();
        Reply.empty(
                reply,
                () -> events.publish(
                        scope.namespace(), new Foreign(request.getTopic(), Wire.bytes(request.getEvent()))));
    }

    @Override
    public void forward(ForwardRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> forward(events, request.getEnvelope()));
    }

    /// Passes on what happened elsewhere; the ttrpc twin uses it too.
    static void forward(EventExchange events, Envelope envelope) {
        if (!envelope.hasTimestamp() || envelope.getTimestamp().getSeconds() == GOS_NO_TIME) {
            throw new InvalidArgument("event has no timestamp");
        }
        if (envelope.getNamespace().isEmpty()) {
            throw new InvalidArgument("event has no namespace");
        }
        events.forward(new dev.coracle.core.events.Envelope(
                Wire.instant(envelope.getTimestamp()),
                envelope.getNamespace(),
                new Foreign(envelope.getTopic(), Wire.bytes(envelope.getEvent()))));
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Envelope> reply) {
        var filters = Filter.parse(request.getFiltersList());
        var caller = Caller.current();
        Outlet.open("Events/Subscribe", reply, outlet -> {
            try (var _ = events.subscribe(
                    envelope -> Filter.any(filters, path -> EventsWire.field(envelope, path)),
                    envelope -> send(outlet, envelope))) {
                caller.flushHeaders().run();
                outlet.awaitEnd();
            }
        });
    }

    private static void send(Outlet<Envelope> outlet, dev.coracle.core.events.Envelope envelope) {
        try {
            outlet.send(EventsWire.encode(envelope));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the client has gone: this delivery ends
        }
    }
}
