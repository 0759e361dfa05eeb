package dev.coracle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What processes hold in memory.
final class Memory {
    private Memory() {}

    /// `Rss` or `Pss` of a process, in MB.
    static double megabytes(long pid, String what) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), "smaps_rollup"))
                .lines()
                .filter(line -> line.startsWith(what + ":"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .sum();
    }

    /// PSS of everything that the account runs, without this program and without programs of these names, in MB.
    static double ofAccount(List<String> without) throws IOException {
        var sum = 0.0;
        var own = ProcessHandle.current();
        for (var process : ProcessHandle.allProcesses().toList()) {
            var folder = Path.of("/proc", Long.toString(process.pid()));
            try {
                if (process.pid() != own.pid()
                        && process.info().user().equals(own.info().user())
                        && !without.contains(
                                Files.readString(folder.resolve("comm")).strip())) {
                    sum += megabytes(process.pid(), "Pss");
                }
            } catch (IOException endedMeanwhile) {
                // it holds nothing any more
            }
        }
        return sum;
    }
}
