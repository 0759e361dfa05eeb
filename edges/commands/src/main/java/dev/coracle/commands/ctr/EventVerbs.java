package dev.coracle.commands.ctr;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.EventJson;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.events.service.EventsGrpc;
import dev.coracle.containerd.api.events.service.SubscribeRequest;
import dev.coracle.containerd.api.types.Envelope;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// `ctr events`: one line per event, until it is stopped.
final class EventVerbs {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.nnnnnnnnn Z 'UTC'", Locale.ROOT);

    private EventVerbs() {}

    static Verb<Session> verb() {
        return Verb.of("events event", "Display containerd events", "", List.of(), EventVerbs::events);
    }

    private static int events(Line line, Session session) {
        var stub = session.connect(line).stub(EventsGrpc::newBlockingStub);
        var request =
                SubscribeRequest.newBuilder().addAllFilters(line.arguments()).build();
        Connection.call(() -> {
            stub.subscribe(request).forEachRemaining(envelope -> show(session, envelope));
            return true;
        });
        return 0;
    }

    private static void show(Session session, Envelope envelope) {
        var time = TIME.format(Wires.instant(envelope.getTimestamp()).atZone(ZoneOffset.UTC));
        session.terminal()
                .line(time + " " + envelope.getNamespace() + " " + envelope.getTopic() + " "
                        + text(session, envelope.getEvent()));
        session.terminal().flush();
    }

    private static String text(Session session, Any event) {
        try {
            return EventJson.of(event);
        } catch (InvalidProtocolBufferException e) {
            session.terminal().log("WARN: cannot read an event of type " + event.getTypeUrl());
            return "";
        }
    }
}
