package dev.coracle.cli.containers;

import dev.coracle.cli.view.Listing;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.containers.ContainerView;
import dev.coracle.engine.containers.Stats;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;

/// One container's line of `stats`.
record StatsRow(
        String id,
        String name,
        String cpu,
        String memory,
        String memoryShare,
        String network,
        String blocks,
        String pids) {
    static StatsRow of(ContainerView container, Optional<Stats> now, Optional<Stats> before) {
        var name = ContainerText.name(container);
        if (now.isEmpty()) {
            return new StatsRow(container.id(), name, "--", "-- / --", "--", "-- / --", "-- / --", "--");
        }
        var stats = now.get();
        var used = Math.max(0, stats.memory() - stats.memoryCache());
        var share = stats.memoryLimit() > 0 ? 100.0 * used / stats.memoryLimit() : 0;
        var received =
                stats.interfaces().stream().mapToLong(Stats.Interface::received).sum();
        var sent = stats.interfaces().stream().mapToLong(Stats.Interface::sent).sum();
        return new StatsRow(
                container.id(),
                name,
                percent(before.map(earlier -> load(earlier, stats)).orElse(0.0)),
                Units.memory(used) + " / " + Units.memory(stats.memoryLimit()),
                percent(share),
                Units.size(received) + " / " + Units.size(sent),
                Units.size(stats.blockRead()) + " / " + Units.size(stats.blockWritten()),
                Long.toString(stats.pids()));
    }

    /// Hundred is one processor.
    private static double load(Stats before, Stats now) {
        var wall = Duration.between(before.taken(), now.taken()).toNanos();
        return wall <= 0 ? 0 : 100.0 * Math.max(0, now.cpuNanos() - before.cpuNanos()) / wall;
    }

    private static String percent(double value) {
        // half to even, as Go rounds
        return new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN) + "%";
    }

    static Listing<StatsRow> listing(boolean whole) {
        return Listing.<StatsRow>of("*container.statsContext")
                .column("ID", "CONTAINER ID", row -> whole ? row.id() : ContainerText.shortId(row.id()))
                .column("Container", "CONTAINER", row -> whole ? row.id() : ContainerText.shortId(row.id()))
                .column("Name", "NAME", StatsRow::name)
                .column("CPUPerc", "CPU %", StatsRow::cpu)
                .column("MemUsage", "MEM USAGE / LIMIT", StatsRow::memory)
                .column("MemPerc", "MEM %", StatsRow::memoryShare)
                .column("NetIO", "NET I/O", StatsRow::network)
                .column("BlockIO", "BLOCK I/O", StatsRow::blocks)
                .column("PIDs", "PIDS", StatsRow::pids)
                .identity("ID")
                .table("{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}"
                        + "\t{{.PIDs}}");
    }
}
