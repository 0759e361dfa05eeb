package dev.coracle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `BenchMain TREE ARCHIVE IMAGE RUNS`: prints a table in Markdown.
public final class BenchMain {
    private static final Path DISTRIBUTION = Path.of("/usr/bin");

    private final Settings settings;
    private final Path ours;
    private final Map<String, Map<String, Figures>> rows = new LinkedHashMap<>();

    private BenchMain(Settings settings) {
        this.settings = settings;
        this.ours = settings.tree().resolve("bin");
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var settings = new Settings(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                arguments[2],
                Integer.parseInt(arguments[3]),
                Path.of(System.getProperty("user.home")),
                Path.of(System.getenv("XDG_RUNTIME_DIR")));
        new BenchMain(settings).run();
    }

    private void run() throws IOException, InterruptedException {
        launchers();
        ports();
        if (!settings.image().isEmpty()) {
            starts();
            containers();
        }
        print();
    }

    private void launchers() throws IOException, InterruptedException {
        for (int run = 0; run <= settings.runs(); run++) {
            for (var bin : List.of(DISTRIBUTION, ours)) {
                var rootlesskit = bin.resolve("rootlesskit").toString();
                note(
                        run,
                        "`rootlesskit true`, ms",
                        bin,
                        Program.of(settings, List.of(rootlesskit, "true")).milliseconds());
                note(
                        run,
                        "`rootlesskit --net=slirp4netns --copy-up=/etc --copy-up=/run true`, ms",
                        bin,
                        Program.of(
                                        settings,
                                        List.of(
                                                rootlesskit,
                                                "--net=slirp4netns",
                                                "--copy-up=/etc",
                                                "--copy-up=/run",
                                                "true"))
                                .milliseconds());
            }
        }
    }

    /// Both forward at once, measured turn by turn.
    private void ports() throws IOException, InterruptedException {
        try (var theirs = new Ports(settings, DISTRIBUTION);
                var own = new Ports(settings, ours)) {
            for (int run = 0; run <= settings.runs(); run++) {
                forward(run, DISTRIBUTION, theirs);
                forward(run, ours, own);
            }
        }
    }

    private void forward(int run, Path bin, Ports ports) throws IOException, InterruptedException {
        var used = ports.processorSeconds();
        var times = ports.roundTrips(1000);
        note(
                run,
                "the same, processor time of the forwarding side, microseconds",
                bin,
                (ports.processorSeconds() - used) * 1e6 / 1000);
        note(run, "builtin port driver: connect, send 1 byte, get it back, p50, microseconds", bin, times[500]);
        note(run, "the same, p99, microseconds", bin, times[990]);
        for (var streams : List.of(1, 8)) {
            for (var direction : List.of('U', 'D')) {
                var before = ports.processorSeconds();
                var rate = ports.bulk(direction, streams);
                var gigabytes = rate * 2 / 8;
                var way = (direction == 'U' ? "to" : "from") + " the server, " + streams
                        + (streams == 1 ? " stream" : " streams");
                note(run, way + ", Gbit/s", bin, rate);
                note(run, way + ", processor time, s/GB", bin, (ports.processorSeconds() - before) / gigabytes);
            }
        }
        note(run, "`rootlesskit`, its forwarder and slirp4netns, PSS, MB", bin, ports.megabytes());
    }

    private void starts() throws IOException, InterruptedException {
        for (int run = 0; run <= settings.runs(); run++) {
            for (var bin : List.of(DISTRIBUTION, ours)) {
                var data = data();
                try (var stack = new Stack(settings, bin, data.resolve("root"))) {
                    note(run, "daemon, from its start to the first connection, ms", bin, stack.startMilliseconds());
                    stack.inside(bin.resolve("ctr").toString(), "version").milliseconds();
                    note(run, "daemon, idle, RSS, MB", bin, stack.daemonMegabytes("Rss"));
                    note(run, "daemon, idle, PSS, MB", bin, stack.daemonMegabytes("Pss"));
                    note(run, "`rootlesskit`, all its processes, PSS, MB", bin, stack.launcherMegabytes("Pss"));
                    remove(stack, data);
                }
            }
        }
    }

    /// Both daemons at once, the clients turn by turn.
    private void containers() throws IOException, InterruptedException {
        var theirData = data();
        var ourData = data();
        try (var theirs = new Stack(settings, DISTRIBUTION, theirData.resolve("root"));
                var own = new Stack(settings, ours, ourData.resolve("root"))) {
            for (var stack : List.of(theirs, own)) {
                stack.inside(
                                "/usr/bin/ctr",
                                "images",
                                "import",
                                settings.archive().toString())
                        .milliseconds();
            }
            for (int run = 0; run <= settings.runs(); run++) {
                note(
                        run,
                        "`ctr run --rm busybox true`, the distribution's `ctr`, ms",
                        DISTRIBUTION,
                        once(theirs, DISTRIBUTION, run));
                note(
                        run,
                        "`ctr run --rm busybox true`, the distribution's `ctr`, ms",
                        ours,
                        once(own, DISTRIBUTION, run));
                note(run, "`ctr run --rm busybox true`, our `ctr`, ms", ours, once(own, ours, run));
                note(
                        run,
                        "`ctr images list`, each its own `ctr`, ms",
                        DISTRIBUTION,
                        theirs.inside("/usr/bin/ctr", "images", "list").milliseconds());
                note(
                        run,
                        "`ctr images list`, each its own `ctr`, ms",
                        ours,
                        own.inside(ours.resolve("ctr").toString(), "images", "list")
                                .milliseconds());
                var libexec = settings.tree().resolve("libexec");
                note(
                        run,
                        "the same by the client in Java, ms",
                        ours,
                        own.inside(libexec.resolve("client").toString(), "ctr", "images", "list")
                                .milliseconds());
                note(
                        run,
                        "the same by a `ctr` of its own in Java, ms",
                        ours,
                        own.inside(libexec.resolve("ctr").toString(), "images", "list")
                                .milliseconds());
                note(
                        run,
                        "`ctr --help`, passed on: nothing but the way there and back, ms",
                        ours,
                        own.inside(ours.resolve("ctr").toString(), "--help").milliseconds());
            }
            remove(theirs, theirData);
            remove(own, ourData);
        }
    }

    private double once(Stack stack, Path client, int run) throws IOException, InterruptedException {
        var name = client.equals(ours) ? "own" : "other";
        return stack.inside(
                        client.resolve("ctr").toString(),
                        "run",
                        "--rm",
                        "--snapshotter",
                        "overlayfs",
                        "--runc-binary",
                        "crun",
                        "--cgroup",
                        "",
                        settings.image(),
                        name + run,
                        "true")
                .milliseconds();
    }

    private Path data() throws IOException {
        return Files.createTempDirectory(settings.home(), "coracle-bench-");
    }

    /// What the daemon has written belongs to other ids: it is removed from inside.
    private static void remove(Stack stack, Path data) throws IOException, InterruptedException {
        stack.inside("sh", "-c", "umount -l \"$1\"/root/*/*/*/* 2>/dev/null; rm -rf \"$1\"", "sh", data.toString())
                .milliseconds();
    }

    /// The first run only warms up.
    private void note(int run, String row, Path bin, double value) {
        var column = rows.computeIfAbsent(row, _ -> new LinkedHashMap<>())
                .computeIfAbsent(bin.equals(ours) ? "ours" : "theirs", _ -> new Figures());
        if (run > 0) {
            column.add(value);
        }
    }

    private void print() throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%d processors, load %s, medians of %d runs (least to most)%n%n",
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
                settings.runs());
        System.out.println("| what | the distribution's | ours |");
        System.out.println("|---|---|---|");
        rows.forEach((row, columns) -> System.out.printf(
                "| %s | %s | %s |%n",
                row, columns.getOrDefault("theirs", new Figures()), columns.getOrDefault("ours", new Figures())));
    }
}
