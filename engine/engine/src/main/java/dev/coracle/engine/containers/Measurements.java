package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Measures containers: by their control group where they have one, else by adding up their processes.
final class Measurements {
    private static final long MICRO = 1000;

    private final EngineParts parts;

    Measurements(EngineParts parts) {
        this.parts = parts;
    }

    Stats of(Entry entry) {
        var doc = entry.doc();
        if (!entry.isRunning()) {
            return stats(entry, Map.of(), List.of());
        }
        try {
            var interfaces = interfaces(parts.tasks().state(entry.key()).pid());
            return stats(entry, figures(entry), interfaces);
        } catch (NotFound justEnded) {
            return stats(entry, Map.of(), List.of());
        } catch (IOException failure) {
            throw new dev.coracle.base.EngineException.Unknown(
                    "measure container " + doc.name() + ": " + failure.getMessage(), failure);
        }
    }

    /// Under the names of the control group's files.
    private Map<String, Long> figures(Entry entry) {
        var doc = entry.doc();
        try {
            return parts.tasks().metrics(doc.namespace(), doc.id()).figures();
        } catch (FailedPrecondition withoutGroup) {
            var sum = Processes.sum(parts.tasks().pids(doc.namespace(), doc.id()));
            return Map.of(
                    "cpu.stat/usage_usec", sum.getOrDefault("cpu", 0L) / MICRO,
                    "memory.current", sum.getOrDefault("memory", 0L),
                    "pids.current", sum.getOrDefault("pids", 0L));
        }
    }

    private Stats stats(Entry entry, Map<String, Long> figures, List<Stats.Interface> interfaces) {
        var limits = entry.doc().options().limits();
        return new Stats(
                entry.id(),
                entry.doc().name(),
                parts.clock().instant(),
                figures.getOrDefault("cpu.stat/usage_usec", 0L) * MICRO,
                Runtime.getRuntime().availableProcessors(),
                figures.getOrDefault("memory.current", 0L),
                figures.getOrDefault("memory.stat/inactive_file", 0L),
                limits.memory() > 0 ? limits.memory() : machineMemory(),
                figures.getOrDefault("pids.current", 0L),
                limits.pids(),
                figures.getOrDefault("io.stat/rbytes", 0L),
                figures.getOrDefault("io.stat/wbytes", 0L),
                interfaces);
    }

    private static long machineMemory() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemTotal:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException none) {
            return 0;
        }
    }

    private static List<Stats.Interface> interfaces(int pid) throws IOException {
        var found = new ArrayList<Stats.Interface>();
        for (var line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "net/dev"))) {
            var colon = line.indexOf(':');
            var name = colon < 0 ? "" : line.substring(0, colon).strip();
            if (!name.isEmpty() && !name.equals("lo")) {
                var numbers = line.substring(colon + 1).strip().split("\\s+", -1);
                found.add(new Stats.Interface(
                        name,
                        Long.parseLong(numbers[0]),
                        Long.parseLong(numbers[8]),
                        Long.parseLong(numbers[1]),
                        Long.parseLong(numbers[9])));
            }
        }
        return found;
    }
}
