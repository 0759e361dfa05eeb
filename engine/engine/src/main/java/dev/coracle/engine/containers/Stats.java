package dev.coracle.engine.containers;

import java.time.Instant;
import java.util.List;

/// A container's measurements. Rates come from two of them.
///
/// @param cpuNanos processor time used so far
/// @param memoryLimit the container's, or the machine's memory
/// @param memoryCache the part of memory that is inactive file cache
public record Stats(
        String id,
        String name,
        Instant taken,
        long cpuNanos,
        int onlineCpus,
        long memory,
        long memoryCache,
        long memoryLimit,
        long pids,
        long pidsLimit,
        long blockRead,
        long blockWritten,
        List<Interface> interfaces) {
    public Stats {
        interfaces = List.copyOf(interfaces);
    }

    /// Bytes and packets of a network interface.
    public record Interface(String name, long received, long sent, long packetsReceived, long packetsSent) {}
}
