package dev.coracle.containerd.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.containerd.api.cgroups2.Metrics;
import dev.coracle.core.tasks.TaskRuntime.TaskMetrics;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsWireTest {
    @Test
    void figures_of_the_kernel_arrive_in_their_fields() throws Exception {
        var figures = Map.of(
                "memory.current", 10L,
                "memory.max", 20L,
                "memory.stat/anon", 3L,
                "memory.events/oom_kill", 1L,
                "cpu.stat/usage_usec", 4L,
                "pids.current", 5L,
                "unheard.of", 6L);

        var metric = MetricsWire.encode(new TaskMetrics("c", Instant.EPOCH, figures));

        assertThat(metric.getId()).isEqualTo("c");
        assertThat(metric.getData().getTypeUrl()).isEqualTo("io.containerd.cgroups.v2.Metrics");
        var metrics = Metrics.parseFrom(metric.getData().getValue());
        assertThat(metrics.getMemory().getUsage()).isEqualTo(10);
        assertThat(metrics.getMemory().getUsageLimit()).isEqualTo(20);
        assertThat(metrics.getMemory().getAnon()).isEqualTo(3);
        assertThat(metrics.getMemoryEvents().getOomKill()).isEqualTo(1);
        assertThat(metrics.getCpu().getUsageUsec()).isEqualTo(4);
        assertThat(metrics.getPids().getCurrent()).isEqualTo(5);
    }
}
