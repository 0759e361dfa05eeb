package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException;
import dev.coracle.containerd.grpc.ContainerdServer.Ports;
import dev.coracle.core.tasks.TaskRuntime.TaskMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a Prometheus server reads at `/v1/metrics`: calls of the API, and the control groups of
/// running containers, under containerd's names.
public final class DaemonMetrics {
    private static final System.Logger LOG = System.getLogger("dev.coracle.containerd.grpc");

    /// Kernel's name, to the name and the unit that clients look for.
    private static final Map<String, String> GROUPS = groups();

    private final CallMetrics calls;
    private final Ports ports;

    DaemonMetrics(CallMetrics calls, Ports ports) {
        this.calls = calls;
        this.ports = ports;
    }

    private static Map<String, String> groups() {
        var names = new LinkedHashMap<String, String>();
        for (var name : List.of("usage_usec", "user_usec", "system_usec", "throttled_usec")) {
            names.put("cpu.stat/" + name, "container_cpu_" + name + "_microseconds");
        }
        for (var name : List.of("nr_periods", "nr_throttled")) {
            names.put("cpu.stat/" + name, "container_cpu_" + name + "_total");
        }
        names.put("memory.current", "container_memory_usage_bytes");
        names.put("memory.max", "container_memory_usage_limit_bytes");
        names.put("memory.swap.current", "container_memory_swap_usage_bytes");
        names.put("memory.swap.max", "container_memory_swap_limit_bytes");
        for (var name : List.of(
                "anon",
                "file",
                "kernel_stack",
                "slab",
                "shmem",
                "file_mapped",
                "file_dirty",
                "file_writeback",
                "inactive_anon",
                "active_anon",
                "inactive_file",
                "active_file",
                "unevictable",
                "pgfault",
                "pgmajfault")) {
            names.put("memory.stat/" + name, "container_memory_" + name + "_bytes");
        }
        names.put("memory.events/oom", "container_memory_oom_total");
        names.put("pids.current", "container_pids_current");
        names.put("pids.max", "container_pids_limit");
        return names;
    }

    /// All of it, as text.
    public String text() {
        var text = new MetricsText();
        calls.write(text);
        var measured = measured();
        GROUPS.forEach((kernels, name) -> {
            var head = true;
            for (var container : measured.entrySet()) {
                var figure = container.getValue().figures().get(kernels);
                if (figure != null) {
                    if (head) {
                        text.gauge(name, kernels + " of the container's control group.");
                        head = false;
                    }
                    text.value(name, container.getKey(), figure);
                }
            }
        });
        return text.toString();
    }

    /// By the labels of the container; those without a control group of their own have none.
    private Map<String, TaskMetrics> measured() {
        var all = new TreeMap<String, TaskMetrics>();
        for (var namespace : ports.stores().namespaces().list()) {
            for (var task : ports.tasks().list(namespace)) {
                try {
                    all.put(
                            "container_id=" + MetricsText.quoted(task.containerId()) + ",namespace="
                                    + MetricsText.quoted(namespace),
                            ports.tasks().metrics(namespace, task.containerId()));
                } catch (EngineException e) {
                    LOG.log(System.Logger.Level.DEBUG, () -> "not measured container=" + task.containerId());
                }
            }
        }
        return all;
    }
}
