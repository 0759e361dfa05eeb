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

    /// These limits, and the others where these say nothing.
    public LimitOptions over(LimitOptions other) {
        return new LimitOptions(
                memory != 0 ? memory : other.memory,
                memoryReservation != 0 ? memoryReservation : other.memoryReservation,
                memorySwap != 0 ? memorySwap : other.memorySwap,
                nanoCpus != 0 ? nanoCpus : cpuQuota != 0 || cpuPeriod != 0 ? 0 : other.nanoCpus,
                cpuShares != 0 ? cpuShares : other.cpuShares,
                cpuQuota != 0 ? cpuQuota : nanoCpus != 0 ? 0 : other.cpuQuota,
                cpuPeriod != 0 ? cpuPeriod : nanoCpus != 0 ? 0 : other.cpuPeriod,
                cpusetCpus.isEmpty() ? other.cpusetCpus : cpusetCpus,
                cpusetMems.isEmpty() ? other.cpusetMems : cpusetMems,
                pids != 0 ? pids : other.pids,
                blkioWeight != 0 ? blkioWeight : other.blkioWeight,
                rates.isEmpty() ? other.rates : rates,
                conf.isEmpty() ? other.conf : conf,
                cgroupParent.isEmpty() ? other.cgroupParent : cgroupParent);
    }

    /// A device's rate.
    ///
    /// @param kind `read-bps`, `write-bps`, `read-iops`, `write-iops`, `weight`
    public record Rate(String kind, String path, long value) {}
}
