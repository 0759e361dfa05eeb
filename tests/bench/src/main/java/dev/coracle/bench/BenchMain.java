package dev.coracle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// `BenchMain TREE ARCHIVE IMAGE RUNS [PART...]`: prints a table in Markdown.
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
        var parts = EnumSet.noneOf(Part.class);
        for (var word : Arrays.asList(arguments).subList(4, arguments.length)) {
            parts.add(Part.valueOf(word.toUpperCase(Locale.ROOT)));
        }
        new BenchMain(settings).run(parts.isEmpty() ? EnumSet.allOf(Part.class) : parts);
    }

    /// What can be measured, each by itself.
    private enum Part {
        LAUNCHERS,
        PORTS,
        IPERF,
        STARTS,
        CONTAINERS,
        PULLS,
        ENGINES,
        PUBLISHED
    }

    private void run(Set<Part> parts) throws IOException, InterruptedException {
        try {
            for (var part : parts) {
                measure(part);
            }
        } finally {
            // also what was had before a failure
            print();
        }
    }

    private void measure(Part part) throws IOException, InterruptedException {
        switch (part) {
            case LAUNCHERS -> launchers();
            case PORTS -> ports();
            case IPERF -> {
                iperfIn();
                iperfOut();
            }
            case STARTS -> starts();
            case CONTAINERS -> containers();
            case PULLS -> {
                try (var registry = new LayerRegistry(settings)) {
                    pulls(registry);
                }
            }
            case ENGINES -> {
                try (var registry = new LayerRegistry(settings)) {
                    engines(registry);
                }
            }
            case PUBLISHED -> {
                try (var podman = Engine.podman(settings);
                        var coracle = Engine.coracle(settings)) {
                    for (var side : List.of(new Side(DISTRIBUTION, podman), new Side(ours, coracle))) {
                        side.engine()
                                .command("load", "-i", settings.archive().toString())
                                .milliseconds();
                        published(side.bin(), side.engine());
                    }
                }
            }
        }
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
                        "`rootlesskit --net=slirp4netns --copy-up=/etc --copy-up=/run --port-driver=builtin true`, ms",
                        bin,
                        Program.of(
                                        settings,
                                        List.of(
                                                rootlesskit,
                                                "--net=slirp4netns",
                                                "--copy-up=/etc",
                                                "--copy-up=/run",
                                                "--port-driver=builtin",
                                                "true"))
                                .milliseconds());
            }
        }
    }

    /// Both forward at once, measured turn by turn.
    private void ports() throws IOException, InterruptedException {
        try (var theirs = new Ports(settings, DISTRIBUTION);
                var own = new Ports(settings, ours);
                var direct = Ports.direct(settings)) {
            for (int run = 0; run <= settings.runs(); run++) {
                var times = direct.wire().roundTrips(1000);
                note(
                        run,
                        "without any forwarder: connect, send 1 byte, get it back, p50, microseconds",
                        ours,
                        times[500]);
                forward(run, DISTRIBUTION, theirs);
                forward(run, ours, own);
            }
        }
    }

    private void forward(int run, Path bin, Ports ports) throws IOException, InterruptedException {
        var used = ports.processorSeconds();
        var times = ports.wire().roundTrips(1000);
        note(
                run,
                "the same, processor time of the forwarding side, microseconds",
                bin,
                (ports.processorSeconds() - used) * 1e6 / 1000);
        note(run, "builtin port driver: connect, send 1 byte, get it back, p50, microseconds", bin, times[500]);
        note(run, "the same, p99, microseconds", bin, times[990]);
        note(run, "connections per second, 8 clients", bin, ports.wire().rate(8));
        for (var streams : List.of(1, 8)) {
            for (var direction : List.of('U', 'D')) {
                var before = ports.processorSeconds();
                var rate = ports.wire().bulk(direction, streams);
                var gigabytes = rate * 2 / 8;
                var way = (direction == 'U' ? "to" : "from") + " the server, " + streams
                        + (streams == 1 ? " stream" : " streams");
                note(run, way + ", Gbit/s", bin, rate);
                note(run, way + ", processor time, s/GB", bin, (ports.processorSeconds() - before) / gigabytes);
            }
        }
        note(run, "`rootlesskit`, its forwarder and slirp4netns, PSS, MB", bin, ports.megabytes());
    }

    /// Through the builtin port driver, both at once, turn by turn.
    private void iperfIn() throws IOException, InterruptedException {
        try (var theirs = Ports.iperf(settings, DISTRIBUTION);
                var own = Ports.iperf(settings, ours)) {
            for (int run = 0; run <= settings.runs(); run++) {
                iperfIn(run, DISTRIBUTION, theirs);
                iperfIn(run, ours, own);
            }
        }
    }

    private void iperfIn(int run, Path bin, Ports ports) throws IOException, InterruptedException {
        for (var streams : List.of(1, 8)) {
            for (var fromServer : List.of(false, true)) {
                var before = ports.processorSeconds();
                var client = Iperf.client("127.0.0.1", ports.wire().port(), streams, fromServer);
                var rate = Iperf.rate(settings, client);
                var way = "iperf3 " + (fromServer ? "from" : "to") + " the server by builtin, " + streams
                        + (streams == 1 ? " stream" : " streams");
                note(run, way + ", Gbit/s", bin, rate);
                note(
                        run,
                        way + ", processor time, s/GB",
                        bin,
                        (ports.processorSeconds() - before) / (rate * Iperf.SECONDS / 8));
            }
        }
    }

    /// Out of the namespace, by every driver whose program is installed.
    private void iperfOut() throws IOException, InterruptedException {
        try (var host = new Iperf.Host(settings)) {
            for (int run = 0; run <= settings.runs(); run++) {
                for (var mtu : List.of(1500, 65520)) {
                    iperfOut(run, DISTRIBUTION, "slirp4netns", mtu, host);
                    iperfOut(run, ours, "slirp4netns", mtu, host);
                    iperfOut(run, ours, "pasta", mtu, host);
                    if (Files.isExecutable(Path.of("/usr/local/bin/gvproxy"))) {
                        iperfOut(run, ours, "gvisor-tap-vsock", mtu, host);
                    }
                }
            }
        }
    }

    private void iperfOut(int run, Path bin, String net, int mtu, Iperf.Host host)
            throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of(
                bin.resolve("rootlesskit").toString(), "--net=" + net, "--mtu=" + mtu, "--disable-host-loopback"));
        words.addAll(host.client());
        note(run, "iperf3 out by " + net + ", MTU " + mtu + ", 1 stream, Gbit/s", bin, Iperf.rate(settings, words));
    }

    private void starts() throws IOException, InterruptedException {
        for (int run = 0; run <= settings.runs(); run++) {
            for (var bin : List.of(DISTRIBUTION, ours)) {
                try (var stack = new Stack(settings, bin)) {
                    note(run, "daemon, from its start to the first connection, ms", bin, stack.startMilliseconds());
                    stack.inside(bin.resolve("ctr").toString(), "version").milliseconds();
                    note(run, "daemon, idle, RSS, MB", bin, stack.daemonMegabytes("Rss"));
                    note(run, "daemon, idle, PSS, MB", bin, stack.daemonMegabytes("Pss"));
                    note(run, "`rootlesskit`, all its processes, PSS, MB", bin, stack.launcherMegabytes("Pss"));
                }
            }
        }
    }

    /// Both daemons at once, the clients turn by turn.
    private void containers() throws IOException, InterruptedException {
        try (var theirs = new Stack(settings, DISTRIBUTION);
                var own = new Stack(settings, ours)) {
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
        }
    }

    /// Both daemons at once, turn by turn, each by its own `ctr`, every pull in a namespace that
    /// has nothing yet. Nothing is removed before the end: after a removal ext4 looks for inodes
    /// that have not been in use lately, which costs whoever makes files more than everything
    /// else.
    private void pulls(LayerRegistry registry) throws IOException, InterruptedException {
        try (var theirs = Stack.isolated(settings, DISTRIBUTION);
                var own = Stack.isolated(settings, ours)) {
            for (int run = 0; run <= settings.runs(); run++) {
                for (var layers : List.of(1, LayerRegistry.LAYERS)) {
                    for (var snapshotter : List.of("overlayfs", "native")) {
                        pull(run, registry, layers, snapshotter, DISTRIBUTION, theirs);
                        pull(run, registry, layers, snapshotter, ours, own);
                    }
                    // of which the distribution's daemon has none
                    pull(run, registry, layers, "fuse-overlayfs", ours, own);
                }
            }
        }
    }

    private void pull(int run, LayerRegistry registry, int layers, String snapshotter, Path bin, Stack stack)
            throws IOException, InterruptedException {
        var used = stack.processorSeconds();
        var row = "pull and unpack " + registry.size() + ", layers: " + layers + ", " + snapshotter;
        var words = "-n turn-%d-%d-%s images pull --plain-http --snapshotter %s %s"
                .formatted(run, layers, snapshotter, snapshotter, registry.image("10.0.2.2", layers));
        var pull = stack.inside(bin.resolve("ctr").toString()).and(words.split(" "));
        note(run, row + ", ms", bin, pull.milliseconds());
        note(run, row + ", processor time of the daemon, s", bin, stack.processorSeconds() - used);
    }

    private record Side(Path bin, Engine engine) {}

    /// The command lines for people, both engines at once, turn by turn.
    private void engines(LayerRegistry registry) throws IOException, InterruptedException {
        try (var podman = Engine.podman(settings);
                var coracle = Engine.coracle(settings)) {
            var sides = List.of(new Side(DISTRIBUTION, podman), new Side(ours, coracle));
            for (var side : sides) {
                side.engine()
                        .command("load", "-i", settings.archive().toString())
                        .milliseconds();
            }
            for (int run = 0; run <= settings.runs(); run++) {
                for (var side : sides) {
                    commands(run, side.bin(), side.engine());
                }
            }
            for (int run = 0; run <= settings.runs(); run++) {
                for (var side : sides) {
                    together(run, side.bin(), side.engine());
                }
            }
            for (int run = 0; run <= settings.runs(); run++) {
                var image = registry.image("127.0.0.1", 1);
                var row = "pull and unpack the same, podman and `coracle`, ms";
                note(
                        run,
                        row,
                        DISTRIBUTION,
                        podman.command("pull", "--tls-verify=false", image).milliseconds());
                note(run, row, ours, coracle.command("pull", image).milliseconds());
                for (var side : sides) {
                    side.engine().command("rmi", image).milliseconds();
                }
            }
        }
    }

    private void commands(int run, Path bin, Engine engine) throws IOException, InterruptedException {
        var image = settings.image();
        note(
                run,
                "`run --rm --network none busybox true`, podman and `coracle`, ms",
                bin,
                engine.make("run", "--rm", "--network", "none", image, "true").milliseconds());
        note(
                run,
                "`run --rm busybox true` with the default network, ms",
                bin,
                engine.make("run", "--rm", image, "true").milliseconds());
        engine.make("run", "-d", "--network", "none", "--name", "lasting", image, "sleep", "1000")
                .milliseconds();
        note(run, "`exec`, ms", bin, engine.command("exec", "lasting", "true").milliseconds());
        engine.end(List.of("lasting"));
    }

    private static final int TOGETHER = 50;

    private void together(int run, Path bin, Engine engine) throws IOException, InterruptedException {
        var names = IntStream.range(0, TOGETHER).mapToObj(each -> "c" + each).toList();
        for (var name : names) {
            engine.make("create", "--network", "none", "--name", name, settings.image(), "sleep", "1000")
                    .milliseconds();
        }
        var before = Memory.ofAccount(List.of("sleep", "busybox"));
        note(run, TOGETHER + " containers started together, ms", bin, all(engine, "start", names));
        note(
                run,
                "memory added for a running container, PSS, MB",
                bin,
                (Memory.ofAccount(List.of("sleep", "busybox")) - before) / TOGETHER);
        for (var name : names) {
            engine.make("create", "--network", "none", "--name", "idle-" + name, settings.image(), "true")
                    .milliseconds();
        }
        note(run, "`ps -a`, 100 containers, ms", bin, engine.command("ps", "-a").milliseconds());
        engine.end(names);
        all(engine, "rm", names.stream().map(name -> "idle-" + name).toList());
    }

    private static double all(Engine engine, String verb, List<String> names) throws IOException, InterruptedException {
        return engine.command(verb).and(names.toArray(String[]::new)).milliseconds();
    }

    /// A server in a container, which gets the machine's Java to run on.
    private void published(Path bin, Engine engine) throws IOException, InterruptedException {
        var wire = Wire.toFreePort();
        var java = System.getProperty("java.home");
        engine.make(
                        "run",
                        "-d",
                        "--name",
                        "server",
                        "-p",
                        "127.0.0.1:" + wire.port() + ":80",
                        "-v",
                        "/usr:/usr:ro",
                        "-v",
                        "/usr/lib:/lib:ro",
                        "-v",
                        "/usr/lib64:/lib64:ro",
                        "-v",
                        java + ":" + java + ":ro",
                        "-v",
                        settings.source() + ":/bench/dev/coracle/bench:ro",
                        settings.image(),
                        java + "/bin/java",
                        "-XX:+UseSerialGC",
                        "/bench/dev/coracle/bench/ServerMain.java",
                        "80")
                .milliseconds();
        wire.awaitServer();
        for (int run = 0; run <= settings.runs(); run++) {
            var times = wire.roundTrips(1000);
            note(run, "port of a container: connect, send 1 byte, get it back, p50, microseconds", bin, times[500]);
            note(run, "port of a container: the same, p99, microseconds", bin, times[990]);
            note(run, "port of a container: to the server, 1 stream, Gbit/s", bin, wire.bulk('U', 1));
            note(run, "port of a container: from the server, 1 stream, Gbit/s", bin, wire.bulk('D', 1));
        }
        engine.end(List.of("server"));
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

    /// The first run only warms up.
    private void note(int run, String row, Path bin, double value) {
        var column = rows.computeIfAbsent(row, _ -> new LinkedHashMap<>())
                .computeIfAbsent(bin.equals(ours) ? "ours" : "theirs", _ -> new Figures());
        if (run > 0) {
            column.add(value);
        }
        // what was measured stays known when this is stopped
        System.err.printf(Locale.ROOT, "%d %s: %s %.2f%n", run, row, bin, value);
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
