package dev.coracle.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartPlanTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final RestartPolicy ALWAYS = RestartPolicy.parse("always");

    private static RunState ran(Duration time, int status) {
        return RunState.CREATED.started(START).ended(START.plus(time), status);
    }

    @Test
    void the_pause_doubles_up_to_a_minute() {
        var pauses = new ArrayList<Long>();
        var failures = 0;
        for (var i = 0; i < 12; i++) {
            var state = ran(Duration.ofMillis(10), 1).restarted(i, failures);
            pauses.add(RestartPlan.after(ALWAYS, state).orElseThrow().toMillis());
            failures = RestartPlan.failures(state);
        }
        assertThat(pauses)
                .isEqualTo(List.of(
                        100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 25_600L, 51_200L, 60_000L, 60_000L));
    }

    @Test
    void a_good_run_begins_anew() {
        var state = ran(Duration.ofSeconds(10), 1).restarted(20, 9);
        assertThat(RestartPlan.after(ALWAYS, state)).contains(Duration.ofMillis(100));
        assertThat(RestartPlan.failures(state)).isZero();
    }

    @Test
    void policies_say_what_docker_says() {
        var failed = ran(Duration.ofSeconds(1), 1);
        var succeeded = ran(Duration.ofSeconds(1), 0);
        var stopped = RunState.CREATED.started(START).asStopped().ended(START, 137);
        assertThat(RestartPlan.after(RestartPolicy.NO, failed)).isEmpty();
        assertThat(RestartPlan.after(ALWAYS, succeeded)).isPresent();
        assertThat(RestartPlan.after(ALWAYS, stopped)).isEmpty();
        assertThat(RestartPlan.after(RestartPolicy.parse("unless-stopped"), succeeded))
                .isPresent();
        assertThat(RestartPlan.after(RestartPolicy.parse("on-failure"), succeeded))
                .isEmpty();
        assertThat(RestartPlan.after(RestartPolicy.parse("on-failure"), failed.restarted(100, 1)))
                .isPresent();
        assertThat(RestartPlan.after(RestartPolicy.parse("on-failure:3"), failed.restarted(2, 1)))
                .isPresent();
        assertThat(RestartPlan.after(RestartPolicy.parse("on-failure:3"), failed.restarted(3, 1)))
                .isEmpty();
    }

    @Test
    void with_the_daemon_always_begins_again_and_unless_stopped_remembers() {
        var stopped = RunState.CREATED.started(START).asStopped().ended(START, 0);
        assertThat(RestartPlan.atStart(ALWAYS, stopped)).isTrue();
        assertThat(RestartPlan.atStart(RestartPolicy.parse("unless-stopped"), stopped))
                .isFalse();
        assertThat(RestartPlan.atStart(ALWAYS, RunState.CREATED)).isFalse();
        assertThat(RestartPlan.atStart(RestartPolicy.NO, ran(Duration.ZERO, 1))).isFalse();
    }

    @Test
    void policies_are_read_as_they_are_typed() {
        assertThat(RestartPolicy.parse("on-failure:5")).isEqualTo(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 5));
        assertThat(RestartPolicy.parse("on-failure:5").words()).isEqualTo("on-failure:5");
        assertThat(RestartPolicy.parse("")).isEqualTo(RestartPolicy.NO);
        for (var wrong : List.of("sometimes", "always:3", "on-failure:x", "on-failure:-1")) {
            assertThatThrownBy(() -> RestartPolicy.parse(wrong)).isInstanceOf(InvalidArgument.class);
        }
    }
}
