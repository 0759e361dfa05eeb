package dev.coracle.containerd.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.coracle.containerd.api.cgroups2.CPUStat;
import dev.coracle.containerd.api.cgroups2.MemoryEvents;
import dev.coracle.containerd.api.cgroups2.MemoryStat;
import dev.coracle.containerd.api.cgroups2.Metrics;
import dev.coracle.containerd.api.cgroups2.PidsStat;
import dev.coracle.containerd.api.types.Metric;
import dev.coracle.core.tasks.TaskRuntime.TaskMetrics;
import java.util.Map;

/// Figures of a control group, as the message that clients of containerd read. The kernel's names
/// and the fields' names are the same for everything in `cpu.stat`, `memory.stat` and
/// `memory.events`; the few others are named here.
final class MetricsWire {
    private MetricsWire() {}

    static Metric encode(TaskMetrics metrics) {
        return Metric.newBuilder()
                .setTimestamp(Wire.timestamp(metrics.taken()))
                .setId(metrics.containerId())
                .setData(Wire.any(cgroup(metrics.figures())))
                .build();
    }

    private static Metrics cgroup(Map<String, Long> figures) {
        var memory = fill(MemoryStat.newBuilder(), "memory.stat/", figures);
        set(figures, "memory.current", memory::setUsage);
        set(figures, "memory.max", memory::setUsageLimit);
        set(figures, "memory.peak", memory::setMaxUsage);
        set(figures, "memory.swap.current", memory::setSwapUsage);
        set(figures, "memory.swap.max", memory::setSwapLimit);
        var pids = PidsStat.newBuilder();
        set(figures, "pids.current", pids::setCurrent);
        set(figures, "pids.max", pids::setLimit);
        return Metrics.newBuilder()
                .setPids(pids)
                .setCpu(fill(CPUStat.newBuilder(), "cpu.stat/", figures))
                .setMemory(memory)
                .setMemoryEvents(fill(MemoryEvents.newBuilder(), "memory.events/", figures))
                .build();
    }

    private static <B extends Message.Builder> B fill(B message, String prefix, Map<String, Long> figures) {
        for (var field : message.getDescriptorForType().getFields()) {
            var figure = figures.get(prefix + field.getName());
            if (figure != null && field.getJavaType() == FieldDescriptor.JavaType.LONG) {
                message.setField(field, figure);
            }
        }
        return message;
    }

    private static void set(Map<String, Long> figures, String name, java.util.function.LongConsumer setter) {
        var figure = figures.get(name);
        if (figure != null) {
            setter.accept(figure);
        }
    }
}
