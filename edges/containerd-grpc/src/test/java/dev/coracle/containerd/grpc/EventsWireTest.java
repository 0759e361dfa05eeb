package dev.coracle.containerd.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.Filter;
import dev.coracle.containerd.api.events.TaskExit;
import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.types.TypedBytes;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventsWireTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.123456789Z");

    @Test
    void an_event_travels_under_its_bare_type_name() throws Exception {
        var envelope = EventsWire.encode(envelope(new Event.TaskExited("c", "e", 7, 137, TIME)));

        assertThat(envelope.getTopic()).isEqualTo("/tasks/exit");
        assertThat(envelope.getNamespace()).isEqualTo("ns");
        assertThat(Wire.instant(envelope.getTimestamp())).isEqualTo(TIME);
        assertThat(envelope.getEvent().getTypeUrl()).isEqualTo("containerd.events.TaskExit");
        var exit = TaskExit.parseFrom(envelope.getEvent().getValue());
        assertThat(exit.getContainerId()).isEqualTo("c");
        assertThat(exit.getId()).isEqualTo("e");
        assertThat(exit.getExitStatus()).isEqualTo(137);
    }

    @Test
    void events_of_images_live_in_the_package_of_their_service() {
        assertThat(EventsWire.encode(envelope(new Event.ImageCreated("i", Map.of())))
                        .getEvent()
                        .getTypeUrl())
                .isEqualTo("containerd.services.images.v1.ImageCreate");
    }

    @Test
    void a_foreign_event_is_passed_on_byte_by_byte() {
        var payload = new TypedBytes("my.Type", new byte[] {1, 2, 3});

        var event = EventsWire.encode(envelope(new Event.Foreign("/my/topic", payload)))
                .getEvent();

        assertThat(event.getTypeUrl()).isEqualTo("my.Type");
        assertThat(event.getValue().toByteArray()).containsExactly(1, 2, 3);
    }

    @Test
    void filters_see_namespace_topic_and_the_texts_of_the_event() {
        var exit = envelope(new Event.TaskExited("c", "e", 7, 137, TIME));

        assertThat(matches(exit, "namespace==ns,topic==/tasks/exit")).isTrue();
        assertThat(matches(exit, "topic~=/^\\/containers\\//")).isFalse();
        assertThat(matches(exit, "event.container_id==c")).isTrue();
        assertThat(matches(exit, "event.exit_status==137")).isFalse();
        var created = envelope(new Event.ContainerCreated("c", "img", "io.containerd.runc.v2", TypedBytes.NONE));
        assertThat(matches(created, "event.runtime.name==io.containerd.runc.v2"))
                .isTrue();
        var labelled = envelope(new Event.ImageCreated("i", Map.of("a.b", "1")));
        assertThat(matches(labelled, "event.labels.\"a.b\"==1")).isTrue();
    }

    @Test
    void filters_see_into_the_events_of_shims() {
        var payload = new TypedBytes(
                "containerd.events.TaskExit",
                TaskExit.newBuilder().setContainerId("c").build().toByteArray());

        assertThat(matches(envelope(new Event.Foreign("/tasks/exit", payload)), "event.container_id==c"))
                .isTrue();
    }

    private static boolean matches(Envelope envelope, String filter) {
        return Filter.parse(filter).matches(path -> EventsWire.field(envelope, path));
    }

    private static Envelope envelope(Event event) {
        return new Envelope(TIME, "ns", event);
    }
}
