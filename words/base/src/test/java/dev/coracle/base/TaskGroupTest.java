package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TaskGroupTest {
    @Test
    void results_are_there_after_the_join() throws Exception {
        try (var group = new TaskGroup()) {
            var squares = IntStream.range(0, 100)
                    .mapToObj(i -> group.fork(() -> i * i))
                    .toList();
            group.join();
            assertThat(squares)
                    .extracting(Future::resultNow)
                    .startsWith(0, 1, 4)
                    .endsWith(99 * 99);
        }
    }

    @Test
    void the_first_failure_comes_out_as_it_was_thrown_and_stops_the_rest() throws Exception {
        var stopped = new CountDownLatch(1);
        try (var group = new TaskGroup()) {
            var begun = new CountDownLatch(1);
            group.fork(() -> {
                try {
                    begun.countDown();
                    new CountDownLatch(1).await();
                    return "never";
                } finally {
                    stopped.countDown();
                }
            });
            group.fork(() -> {
                begun.await();
                throw new IOException("first");
            });
            assertThatThrownBy(group::join).isInstanceOf(IOException.class).hasMessage("first");
        }
        assertThat(stopped.getCount()).isZero();
    }

    @Test
    void nothing_outlives_the_block() {
        var ended = new AtomicBoolean();
        var begun = new CountDownLatch(1);
        assertThatThrownBy(() -> {
                    try (var group = new TaskGroup()) {
                        group.fork(() -> {
                            begun.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } finally {
                                ended.set(true);
                            }
                            return "never";
                        });
                        begun.await();
                        throw new IllegalStateException("the owner gives up");
                    }
                })
                .hasMessage("the owner gives up");
        assertThat(ended).isTrue();
    }

    @Test
    void a_group_can_be_used_for_several_rounds() throws Exception {
        try (var group = new TaskGroup()) {
            var one = group.fork(() -> 1);
            group.join();
            var two = group.fork(() -> one.resultNow() + 1);
            group.join();
            assertThat(two.resultNow()).isEqualTo(2);
            group.join();
        }
    }

    @Test
    void an_interrupted_owner_stops_waiting() throws Exception {
        try (var group = new TaskGroup()) {
            group.fork(() -> {
                new CountDownLatch(1).await();
                return "never";
            });
            Thread.currentThread().interrupt();
            assertThatThrownBy(group::join).isInstanceOf(InterruptedException.class);
        }
    }
}
