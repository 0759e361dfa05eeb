package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.types.TypedBytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every [EventExchange] must do.
@Timeout(30)
public interface EventExchangeContract {
    EventExchange exchange();

    private static Event image(String name) {
        return new Event.ImageDeleted(name);
    }

    private static Envelope next(LinkedBlockingQueue<Envelope> queue) {
        try {
            var envelope = queue.poll(20, TimeUnit.SECONDS);
            assertThat(envelope).as("an event arrives").isNotNull();
            return envelope == null ? new Envelope(Instant.EPOCH, "", image("")) : envelope;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void a_subscriber_hears_of_all_namespaces_in_order() {
        var exchange = exchange();
        var heard = new LinkedBlockingQueue<Envelope>();
        var before = Instant.now();
        try (var _ = exchange.subscribe(_ -> true, heard::add)) {
            for (var i = 0; i < 200; i++) {
                exchange.publish("ns" + i % 2, image("i" + i));
            }
            for (var i = 0; i < 200; i++) {
                var envelope = next(heard);
                assertThat(envelope.namespace()).isEqualTo("ns" + i % 2);
                assertThat(envelope.event()).isEqualTo(image("i" + i));
                assertThat(envelope.timestamp()).isBetween(before, Instant.now());
            }
        }
    }

    @Test
    default void a_subscriber_hears_only_what_it_wants_and_nothing_from_before() {
        var exchange = exchange();
        var heard = new LinkedBlockingQueue<Envelope>();
        exchange.publish("ns", image("wanted, but earlier"));
        try (var _ = exchange.subscribe(
                envelope -> envelope.event() instanceof Event.ImageDeleted(var name) && name.startsWith("wanted"),
                heard::add)) {
            exchange.publish("ns", image("other"));
            exchange.publish("ns", image("wanted"));
            assertThat(next(heard).event()).isEqualTo(image("wanted"));
            assertThat(heard).isEmpty();
        }
    }

    @Test
    default void publishing_does_not_wait_for_anybody() {
        var exchange = exchange();
        var release = new CountDownLatch(1);
        var heard = new LinkedBlockingQueue<Envelope>();
        try (var _ = exchange.subscribe(_ -> true, _ -> await(release));
                var _ = exchange.subscribe(_ -> true, heard::add)) {
            for (var i = 0; i < 1000; i++) {
                exchange.publish("ns", image("i" + i));
            }
            for (var i = 0; i < 1000; i++) {
                assertThat(next(heard).event()).isEqualTo(image("i" + i));
            }
            release.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    default void nothing_arrives_after_the_end() {
        var exchange = exchange();
        var heard = new ArrayList<Envelope>();
        var subscription = exchange.subscribe(_ -> true, heard::add);
        subscription.close();
        subscription.close();
        exchange.publish("ns", image("late"));
        assertThat(heard).isEmpty();
    }

    @Test
    default void a_forwarded_event_keeps_its_time_and_topic() {
        var exchange = exchange();
        var heard = new LinkedBlockingQueue<Envelope>();
        var foreign = new Event.Foreign("/a/b-c", new TypedBytes("some.Type", new byte[] {1}));
        var envelope = new Envelope(Instant.parse("2001-01-01T00:00:00.123456789Z"), "ns", foreign);
        try (var _ = exchange.subscribe(_ -> true, heard::add)) {
            exchange.forward(envelope);
            assertThat(next(heard)).isEqualTo(envelope);
        }
    }

    @Test
    default void a_topic_is_a_path_of_identifiers() {
        for (var topic : List.of("", "a", "a/b", "/", "/a/", "/a//b", "/a b", "/../a")) {
            var foreign = new Envelope(Instant.now(), "ns", new Event.Foreign(topic, TypedBytes.NONE));
            assertThatThrownBy(() -> exchange().forward(foreign)).as(topic).isInstanceOf(InvalidArgument.class);
        }
    }
}
