package dev.coracle.shim;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.api.cgroups2.Metrics;
import dev.coracle.core.types.TypedBytes;
import java.util.HashMap;
import java.util.Map;

/// A shim's measurements by the names that the kernel's files have.
final class ShimMetrics {
    private ShimMetrics() {}

    static Map<String, Long> figures(TypedBytes stats) {
        if (!stats.typeUrl().equals(Metrics.getDescriptor().getFullName())) {
            throw new NotImplemented("measurements of type " + stats.typeUrl());
        }
        try {
            var metrics = Metrics.parseFrom(stats.value());
            var figures = new HashMap<String, Long>();
            add(figures, "cpu.stat/", metrics.getCpu());
            add(figures, "memory.stat/", metrics.getMemory());
            add(figures, "memory.events/", metrics.getMemoryEvents());
            figures.put("memory.current", metrics.getMemory().getUsage());
            figures.put("memory.max", metrics.getMemory().getUsageLimit());
            figures.put("memory.peak", metrics.getMemory().getMaxUsage());
            figures.put("memory.swap.current", metrics.getMemory().getSwapUsage());
            figures.put("memory.swap.max", metrics.getMemory().getSwapLimit());
            figures.put("pids.current", metrics.getPids().getCurrent());
            figures.put("pids.max", metrics.getPids().getLimit());
            return figures;
        } catch (InvalidProtocolBufferException e) {
            throw new Internal("the shim's measurements cannot be read", e);
        }
    }

    private static void add(Map<String, Long> figures, String prefix, Message message) {
        message.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() == FieldDescriptor.JavaType.LONG && !field.isRepeated()) {
                figures.put(prefix + field.getName(), (Long) value);
            }
        });
    }
}
