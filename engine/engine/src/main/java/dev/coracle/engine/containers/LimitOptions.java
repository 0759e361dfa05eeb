package dev.coracle.engine.containers;

import java.util.List;
import java.util.Map;

/// What the container may take at most; 0 or empty: no limit. A limit that nothing would enforce is an error.
///
/// @param memorySwap memory and swap together in bytes; -1: no limit of swap
/// @param nanoCpus processors times 10^9
/// @param pids -1 is no limit, too
/// @param rates of devices: `device-read-bps`, `device-write-iops` ..., and their `path:rate`
/// @param conf cgroup v2 `key=value`
/// @param cgroupParent empty: the engine's
public record LimitOptions(
        long memory,
        long memoryReservation,
        long memorySwap,
        long nanoCpus,
        long cpuShares,
        long cpuQuota,
        long cpuPeriod,
        String cpusetCpus,
        String cpusetMems,
        long pids,
        int blkioWeight,
        List<Rate> rates,
        Map<String, String> conf,
        String cgroupParent) {
    /// No limit.
    public static final LimitOptions NONE =
            new LimitOptions(0, 0, 0, 0, 0, 0, 0, "", "", 0, 0, List.of(), Map.of(), "");

    public LimitOptions {
        rates = List.copyOf(rates);
        conf = Map.copyOf(conf);
    }

    /// A device's rate.
    ///
    /// @param kind `read-bps`, `write-bps`, `read-iops`, `write-iops`, `weight`
    public record Rate(String kind, String path, long value) {}
}
