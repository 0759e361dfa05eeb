package dev.coracle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What processes take of the processors.
final class Processors {
    private static final double TICK_SECONDS = 0.01;

    private Processors() {}

    /// Time of a process so far, in programs and in the kernel, without its children's.
    static double seconds(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_SECONDS;
    }
}
