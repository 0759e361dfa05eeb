package dev.coracle.daemon;

import dev.coracle.engine.system.Info;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the daemon runs on, as the kernel and the distribution say it.
final class HostMachine {
    private static final int KIBI = 1024;

    private HostMachine() {}

    static Info.Machine look() {
        return new Info.Machine(
                system(lines("/etc/os-release")),
                first(lines("/proc/sys/kernel/osrelease")),
                Runtime.getRuntime().availableProcessors(),
                memory(lines("/proc/meminfo")));
    }

    static String system(List<String> release) {
        return release.stream()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replaceAll("^[\"']|[\"']$", ""))
                .findFirst()
                .orElse("Linux");
    }

    static long memory(List<String> information) {
        return information.stream()
                .filter(line -> line.matches("MemTotal: +[0-9]{1,15} kB"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIBI)
                .findFirst()
                .orElse(0);
    }

    private static String first(List<String> lines) {
        return lines.isEmpty() ? "" : lines.getFirst().strip();
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException none) {
            return List.of();
        }
    }
}
