package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What `ps` would say of processes, read from `/proc`.
final class Processes {
    private static final long TICKS = 100;
    private static final List<String> FULL = List.of("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");

    /// Columns by the words of `ps -o`, with their titles.
    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry("uid", "UID"),
            Map.entry("user", "USER"),
            Map.entry("pid", "PID"),
            Map.entry("ppid", "PPID"),
            Map.entry("c", "C"),
            Map.entry("stime", "STIME"),
            Map.entry("tty", "TTY"),
            Map.entry("tt", "TT"),
            Map.entry("time", "TIME"),
            Map.entry("cmd", "CMD"),
            Map.entry("args", "COMMAND"),
            Map.entry("command", "COMMAND"),
            Map.entry("comm", "COMMAND"),
            Map.entry("stat", "STAT"),
            Map.entry("s", "S"),
            Map.entry("rss", "RSS"),
            Map.entry("vsz", "VSZ"));

    private Processes() {}

    /// @param arguments none, `-ef`, or `-o` and columns
    static Top top(List<Integer> pids, List<String> arguments) {
        var columns = columns(arguments);
        var rows = new ArrayList<List<String>>();
        for (var pid : pids) {
            var row = row(pid, columns);
            if (!row.isEmpty()) {
                rows.add(row);
            }
        }
        var titles = columns.isEmpty()
                ? FULL
                : columns.stream().map(Processes::title).toList();
        return new Top(titles, rows);
    }

    private static String title(String column) {
        var title = TITLES.get(column);
        if (title == null) {
            throw new InvalidArgument("column \"" + column + "\" is not known, known are " + TITLES.keySet());
        }
        return title;
    }

    private static List<String> columns(List<String> arguments) {
        var words = String.join(" ", arguments).strip();
        if (words.isEmpty() || words.equals("-ef") || words.equals("ef")) {
            return List.of();
        }
        if (words.equals("aux") || words.equals("-aux")) {
            return List.of("user", "pid", "vsz", "rss", "tty", "stat", "stime", "time", "args");
        }
        if (words.startsWith("-o") || words.startsWith("-eo") || words.startsWith("o ")) {
            return List.of(words.replaceFirst("^-?e?o\\s*", "").split("[,\\s]+"));
        }
        throw new InvalidArgument("ps arguments \"" + words + "\" are not known: use -ef, aux, or -o and columns");
    }

    private static List<String> row(int pid, List<String> columns) {
        try {
            var values = values(pid);
            var wanted = columns.isEmpty()
                    ? FULL.stream().map(title -> title.toLowerCase(Locale.ROOT)).toList()
                    : columns;
            return wanted.stream()
                    .map(column -> values.getOrDefault(column, "-"))
                    .toList();
        } catch (IOException ended) {
            return List.of();
        }
    }

    private static Map<String, String> values(int pid) throws IOException {
        var directory = Path.of("/proc", Integer.toString(pid));
        var stat = Files.readString(directory.resolve("stat"));
        var name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        var status = new LinkedHashMap<String, String>();
        for (var line : Files.readAllLines(directory.resolve("status"))) {
            var colon = line.indexOf(':');
            if (colon > 0) {
                status.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        var words = new String(Files.readAllBytes(directory.resolve("cmdline")), StandardCharsets.UTF_8)
                .replace('\0', ' ')
                .strip();
        var command = words.isEmpty() ? "[" + name + "]" : words;
        var uid = status.getOrDefault("Uid", "0").split("\\s+", -1)[0];
        var seconds = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
        var values = new LinkedHashMap<String, String>();
        values.put("uid", uid);
        values.put("user", uid.equals("0") ? "root" : uid);
        values.put("pid", Integer.toString(pid));
        values.put("ppid", fields[1]);
        values.put("c", "0");
        values.put("stime", started(fields[19]));
        values.put("tty", fields[4].equals("0") ? "?" : "pts/" + (Integer.parseInt(fields[4]) & 0xff));
        values.put("tt", values.get("tty"));
        values.put("time", "%02d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60));
        values.put("cmd", command);
        values.put("args", command);
        values.put("command", command);
        values.put("comm", name);
        values.put("stat", fields[0]);
        values.put("s", fields[0]);
        values.put("rss", status.getOrDefault("VmRSS", "0 kB").split(" ", -1)[0]);
        values.put("vsz", status.getOrDefault("VmSize", "0 kB").split(" ", -1)[0]);
        return values;
    }

    private static String started(String ticks) throws IOException {
        var boot = Files.readAllLines(Path.of("/proc/stat")).stream()
                .filter(line -> line.startsWith("btime "))
                .mapToLong(line -> Long.parseLong(line.substring(6).strip()))
                .findFirst()
                .orElse(0);
        var at = java.time.Instant.ofEpochSecond(boot + Long.parseLong(ticks) / TICKS)
                .atZone(java.time.ZoneId.systemDefault());
        return "%02d:%02d".formatted(at.getHour(), at.getMinute());
    }

    /// Processor time of processes in nanoseconds, and their resident memory in bytes.
    static Map<String, Long> sum(List<Integer> pids) {
        var cpu = 0L;
        var memory = 0L;
        var count = 0L;
        for (var pid : pids) {
            try {
                var stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
                var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                cpu += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * (1_000_000_000L / TICKS);
                memory += Long.parseLong(fields[21]) * 4096;
                count++;
            } catch (IOException ended) {
                // counted by nobody
            }
        }
        return Map.of("cpu", cpu, "memory", memory, "pids", count);
    }
}
