package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.oci.RuntimeSpec;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// Limits in a runtime configuration. One that nothing would enforce is refused, with the reason.
final class LimitWriter {
    private static final long CPU_PERIOD = 100_000;
    private static final long NANOS = 1_000_000_000L;
    private static final long SMALLEST_MEMORY = 6L << 20;

    private LimitWriter() {}

    /// @throws FailedPrecondition when a limit would not be enforced here
    static void check(LimitOptions limits, EngineSettings settings) {
        if (limits.memory() > 0 && limits.memory() < SMALLEST_MEMORY) {
            throw new InvalidArgument("minimum memory limit allowed is 6MB");
        }
        if (limits.nanoCpus() > 0 && (limits.cpuQuota() != 0 || limits.cpuPeriod() != 0)) {
            throw new InvalidArgument("CPUs and a CPU quota or period cannot both be set");
        }
        if (limits.memorySwap() > 0 && limits.memorySwap() < limits.memory()) {
            throw new InvalidArgument("minimum memoryswap limit should be larger than memory limit");
        }
        var needed = controllers(limits);
        if (needed.isEmpty()) {
            return;
        }
        if (!settings.systemd()) {
            throw new FailedPrecondition("limit " + String.join(", ", needed)
                            + ": nothing would enforce it, because there is no systemd of the user that makes control"
                            + " groups here")
                    .remedy("log in by a session of systemd (loginctl), or leave the limit out");
        }
        needed.removeAll(settings.controllers());
        if (!needed.isEmpty()) {
            throw new FailedPrecondition("limit " + String.join(", ", needed)
                            + ": nothing would enforce it, because the control group controller is not delegated to"
                            + " the user")
                    .remedy("as root: mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate="
                            + "cpu cpuset io memory pids\\n' > /etc/systemd/system/user@.service.d/delegate.conf &&"
                            + " systemctl daemon-reload, then log in again");
        }
    }

    /// The controllers that are needed.
    private static Set<String> controllers(LimitOptions limits) {
        var needed = new TreeSet<String>();
        if (limits.memory() > 0 || limits.memoryReservation() > 0 || limits.memorySwap() > 0) {
            needed.add("memory");
        }
        if (limits.nanoCpus() > 0 || limits.cpuShares() > 0 || limits.cpuQuota() > 0 || limits.cpuPeriod() > 0) {
            needed.add("cpu");
        }
        if (!limits.cpusetCpus().isEmpty() || !limits.cpusetMems().isEmpty()) {
            needed.add("cpuset");
        }
        if (limits.pids() > 0) {
            needed.add("pids");
        }
        if (limits.blkioWeight() > 0 || !limits.rates().isEmpty()) {
            needed.add("io");
        }
        return needed;
    }

    static void write(RuntimeSpec spec, LimitOptions limits) {
        if (limits.memory() > 0) {
            spec.memoryLimit(limits.memory());
            // Docker's default: as much swap again
            spec.limit("memory", "swap", limits.memorySwap() == 0 ? 2 * limits.memory() : limits.memorySwap());
        }
        if (limits.memoryReservation() > 0) {
            spec.limit("memory", "reservation", limits.memoryReservation());
        }
        if (limits.cpuShares() > 0) {
            spec.cpuShares(limits.cpuShares());
        }
        if (limits.nanoCpus() > 0) {
            spec.cpuQuota(OptionalLong.of(limits.nanoCpus() * CPU_PERIOD / NANOS), OptionalLong.of(CPU_PERIOD));
        } else if (limits.cpuQuota() != 0 || limits.cpuPeriod() != 0) {
            spec.cpuQuota(some(limits.cpuQuota()), some(limits.cpuPeriod()));
        }
        spec.cpuSet(limits.cpusetCpus(), limits.cpusetMems());
        if (limits.pids() > 0) {
            spec.limit("pids", "limit", limits.pids());
        }
        if (limits.blkioWeight() > 0) {
            spec.limit("blockIO", "weight", limits.blkioWeight());
        }
        if (!limits.rates().isEmpty()) {
            throw new dev.coracle.base.EngineException.NotImplemented(
                    "limit the rate of a device (" + limits.rates().getFirst().path() + ")");
        }
        if (!limits.conf().isEmpty()) {
            spec.unifiedLimits(limits.conf());
        }
    }

    private static OptionalLong some(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
