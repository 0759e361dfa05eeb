package dev.coracle.cli.containers;

import dev.coracle.cli.line.BadValue;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.line.Values;
import dev.coracle.engine.containers.LimitOptions;
import java.util.ArrayList;
import java.util.List;

/// The flags about what the container may take.
final class LimitFlags {
    /// Those that `update` changes, too.
    static final List<Flag> CHANGEABLE = List.of(
            Flag.bytes("memory", "Most memory").letter('m'),
            Flag.bytes("memory-reservation", "Memory that is left to it under pressure"),
            Flag.bytes("memory-swap", "Most memory and swap together; -1: no limit of swap"),
            Flag.decimal("cpus", "Number of processors"),
            Flag.whole("cpu-shares", "Share of the processors, relative to others")
                    .letter('c'),
            Flag.whole("cpu-quota", "Microseconds of processor time in each period"),
            Flag.whole("cpu-period", "Microseconds of a period"),
            Flag.text("cpuset-cpus", "Processors that are used: 0-3, 0,1"),
            Flag.text("cpuset-mems", "Memory nodes that are used: 0-3, 0,1"),
            Flag.whole("pids-limit", "Most processes; -1: no limit"),
            Flag.whole("blkio-weight", "Share of disks, 10 to 1000"));

    /// All others.
    static final List<Flag> FLAGS = List.of(
            Flag.each("blkio-weight-device", "Share of a disk: path:weight").checked(LimitFlags::checkDevice),
            Flag.each("device-read-bps", "Most bytes read per second: path:rate")
                    .checked(LimitFlags::checkDevice),
            Flag.each("device-read-iops", "Most reads per second: path:rate").checked(LimitFlags::checkDevice),
            Flag.each("device-write-bps", "Most bytes written per second: path:rate")
                    .checked(LimitFlags::checkDevice),
            Flag.each("device-write-iops", "Most writes per second: path:rate").checked(LimitFlags::checkDevice),
            Flag.list("cgroup-conf", "A file of the cgroup: key=value"),
            Flag.text("cgroup-parent", "Cgroup above the container's"));

    private static final List<String> RATES =
            List.of("device-read-bps", "device-read-iops", "device-write-bps", "device-write-iops");

    private LimitFlags() {}

    private static void checkDevice(String text) {
        var colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new BadValue("bad format: " + text);
        }
        if (!text.startsWith("/dev/")) {
            throw new BadValue("bad format for device path: " + text);
        }
        Values.bytes(text.substring(colon + 1));
    }

    static LimitOptions read(Line line) {
        var rates = new ArrayList<LimitOptions.Rate>();
        RATES.forEach(flag ->
                line.texts(flag).forEach(word -> rates.add(rate(flag.substring("device-".length()), word))));
        line.texts("blkio-weight-device").forEach(word -> rates.add(rate("weight", word)));
        return limits(line, rates, KeyValues.map(line.texts("cgroup-conf")), line.text("cgroup-parent"));
    }

    static LimitOptions changeable(Line line) {
        return limits(line, List.of(), java.util.Map.of(), "");
    }

    private static LimitOptions limits(
            Line line, List<LimitOptions.Rate> rates, java.util.Map<String, String> conf, String parent) {
        if (line.has("cpus") && (line.has("cpu-quota") || line.has("cpu-period"))) {
            throw UsageFailure.of("conflicting options: cannot specify both --cpus and --cpu-period/--cpu-quota");
        }
        var weight = line.number("blkio-weight");
        if (weight != 0 && (weight < 10 || weight > 1000)) {
            throw UsageFailure.of("range of blkio weight is from 10 to 1000");
        }
        return new LimitOptions(
                line.bytes("memory"),
                line.bytes("memory-reservation"),
                line.bytes("memory-swap"),
                line.nanos("cpus"),
                line.whole("cpu-shares"),
                line.whole("cpu-quota"),
                line.whole("cpu-period"),
                line.text("cpuset-cpus"),
                line.text("cpuset-mems"),
                line.whole("pids-limit"),
                weight,
                rates,
                conf,
                parent);
    }

    private static LimitOptions.Rate rate(String kind, String word) {
        var colon = word.lastIndexOf(':');
        return new LimitOptions.Rate(kind, word.substring(0, colon), Values.bytes(word.substring(colon + 1)));
    }
}
