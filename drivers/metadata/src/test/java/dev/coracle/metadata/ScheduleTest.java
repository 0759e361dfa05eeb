package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final LinkedBlockingQueue<String> runs = new LinkedBlockingQueue<>();

    private Schedule started(CollectionPace pace) {
        var schedule = new Schedule(
                InstantSource.system(), Thread.ofPlatform().daemon().factory(), pace);
        schedule.start(() -> runs.add("run"));
        return schedule;
    }

    private void expectRun() throws InterruptedException {
        assertThat(runs.poll(30, TimeUnit.SECONDS)).as("a collection").isNotNull();
    }

    @Test
    void the_first_collection_comes_at_the_start() throws Exception {
        try (var _ = started(new CollectionPace(0, 0, 0, Duration.ZERO, Duration.ZERO))) {
            expectRun();
        }
    }

    @Test
    void deletions_are_counted() throws Exception {
        try (var schedule = started(new CollectionPace(0, 3, 0, Duration.ZERO, NEVER))) {
            schedule.soon();
            schedule.soon();
            assertThat(runs.poll(300, TimeUnit.MILLISECONDS)).isNull();
            schedule.soon();
            expectRun();
        }
    }

    @Test
    void changes_are_counted_unless_they_do_not_count() throws Exception {
        try (var schedule = started(new CollectionPace(0, 0, 2, Duration.ZERO, NEVER))) {
            schedule.changed();
            assertThat(runs.poll(300, TimeUnit.MILLISECONDS)).isNull();
            schedule.changed();
            expectRun();
        }
        try (var schedule = started(new CollectionPace(0, 0, 0, Duration.ZERO, NEVER))) {
            for (var at = 0; at < 1000; at++) {
                schedule.changed();
            }
            assertThat(runs.poll(300, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void a_collection_may_wait() throws Exception {
        try (var schedule = started(new CollectionPace(0, 0, 0, Duration.ofSeconds(1), NEVER))) {
            var begin = System.nanoTime();
            schedule.soon();
            expectRun();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
        }
    }

    @Test
    void the_collector_rests_as_long_as_keeps_its_share() {
        var pace = new CollectionPace(0.02, 0, 0, Duration.ZERO, NEVER);
        var longest = Duration.ofSeconds(10);

        assertThat(pace.restAfter(Duration.ofMillis(2), longest)).isEqualTo(Duration.ofMillis(98));
        assertThat(pace.restAfter(Duration.ofHours(1), longest)).isEqualTo(longest);
        assertThat(new CollectionPace(0, 0, 0, Duration.ZERO, NEVER).restAfter(Duration.ofHours(1), longest))
                .isZero();
        assertThat(new CollectionPace(3, 0, 0, Duration.ZERO, NEVER).pauseThreshold())
                .isEqualTo(0.5);
    }
}
