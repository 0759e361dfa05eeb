package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `kill -9` of the daemon, again and again, while clients create, start, stop, remove and pull:
/// nothing is lost, nothing is leaked.
class KilledDaemonTest {
    /// As many as the time allows, never fewer than the least: two idle cores take 1.3 s for each.
    private static final int KILLS = 200;

    private static final int LEAST = 25;
    private static final Duration LONGEST = Duration.ofMinutes(6);
    private static final int WORK_MILLIS = 500;
    private static final int START_MILLIS = 300;
    private static final int START_EVERY = 5;
    private static final int LOG = 5000;
    private static final String NETWORK = "small";
    /// What a network of 16 has without its own address, the bridge's and the last one.
    private static final int ADDRESSES = 13;

    private static final Duration SOON = Duration.ofMinutes(2);

    private int kills;

    @SuppressWarnings("NullAway.Init")
    private PrivateEngine engine;

    @SuppressWarnings("NullAway.Init")
    private Registry registry;

    @BeforeEach
    void start() throws Exception {
        registry = TestImages.registry();
        engine = new PrivateEngine();
        engine.takeFrom(registry);
        // two hundred starts: with the cache of classes each takes a third of the time
        engine.ours("libexec/record-cache").without("CORACLE_NO_CACHE").output();
        engine.engine("start").without("CORACLE_NO_CACHE").output();
    }

    @AfterEach
    void end() throws Exception {
        registry.close();
        engine.close();
    }

    @Test
    @Timeout(1200)
    void nothing_is_lost_and_nothing_is_leaked() throws Exception {
        try {
            killedAgainAndAgain();
        } catch (AssertionError failure) {
            // what happens next may say why
            var again = engine.engine("start").go();
            var log = engine.log();
            var deaths =
                    log.lines().filter(line -> line.contains("the daemon died")).count();
            throw new AssertionError(
                    failure.getMessage() + "\n" + again + "\n" + kills + " kills, " + deaths + " deaths"
                            + "\nthe end of the log:\n" + log.substring(Math.max(0, log.length() - LOG)),
                    failure);
        }
    }

    private void killedAgainAndAgain() throws Exception {
        var seed = Long.getLong("coracle.seed", new Random().nextLong());
        var port = Host.freePort();
        nerdctl("pull", "-q", "busybox").output();
        nerdctl("network", "create", "--subnet", "10.77.77.0/28", NETWORK).output();
        var kept = nerdctl(
                        "run",
                        "-d",
                        "--name",
                        "kept",
                        "--network",
                        NETWORK,
                        "-p",
                        "127.0.0.1:" + port + ":80",
                        "busybox",
                        "sh",
                        "-c",
                        "while :; do echo here | nc -l -p 80; done")
                .output()
                .strip();
        var pid = pidOfKept();
        var load = new KilledDaemonLoad(engine, NETWORK);
        load.once();
        var before = settled();
        var began = System.nanoTime();

        var random = new Random(seed);
        load.start();
        try {
            while (kills < LEAST || (kills < KILLS && System.nanoTime() - began < LONGEST.toNanos())) {
                // most are killed at work; the others while they put in order what the last one left
                long daemon = engine.findDaemon().orElseThrow();
                if (kills % START_EVERY == START_EVERY - 1) {
                    load.goesOnFor(random.nextInt(START_MILLIS));
                } else {
                    awaitServing();
                    load.resume();
                    load.goesOnFor(random.nextInt(WORK_MILLIS));
                }
                load.pause();
                kills++;
                engine.run("kill", "-9", Long.toString(daemon)).output();
                Awaitility.await("the next daemon")
                        .atMost(SOON)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> engine.findDaemon()
                                .filter(next -> next != daemon)
                                .isPresent());
            }
            awaitServing();
        } finally {
            load.resume();
            load.end();
        }
        System.out.printf(
                "killed %d times in %d s, seed %d: %s%n",
                kills, (System.nanoTime() - began) / 1_000_000_000, seed, load);

        assertThat(load.complaints()).as("seed " + seed).isEmpty();
        assertThat(load.finished()).as("commands that were answered").isPositive();
        assertThat(pidOfKept()).isEqualTo(pid);
        Awaitility.await("the kept container on its port")
                .atMost(SOON)
                .until(() -> says(port).equals("here\n"));
        Awaitility.await("everything as it was, seed " + seed)
                .atMost(SOON)
                .untilAsserted(() -> assertThat(settled()).isEqualTo(before));
        for (var used : load.ports()) {
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress("0.0.0.0", used));
            }
        }
        everyAddressCanBeHad();
        nerdctl("rm", "-f", kept).output();
        nerdctl("network", "rm", NETWORK).output();
    }

    private void everyAddressCanBeHad() throws Exception {
        var names = new ArrayList<String>();
        for (var number = 1; number < ADDRESSES; number++) {
            names.add("one-of-many-" + number);
            nerdctl("run", "-d", "--name", names.getLast(), "--network", NETWORK, "busybox", "sleep", "1000")
                    .output();
        }
        var remove = new ArrayList<>(List.of("rm", "-f"));
        remove.addAll(names);
        nerdctl(remove.toArray(String[]::new)).output();
    }

    private Run nerdctl(String... words) {
        return engine.ours("bin/nerdctl", words);
    }

    private String pidOfKept() throws IOException, InterruptedException {
        return nerdctl("inspect", "--format", "{{.State.Status}} {{.State.Pid}}", "kept")
                .output()
                .strip();
    }

    private void awaitServing() {
        var commands = engine.socket().resolveSibling("coracle.sock");
        Awaitility.await("a daemon that serves")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Files.exists(commands) && Files.exists(engine.socket()));
    }

    private static String says(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /// Everything that could leak, by kind.
    private List<String> settled() throws IOException, InterruptedException {
        var found = new ArrayList<String>();
        // a collection, to whose end we wait
        engine.ctr("leases", "create", "--id", "settle").output();
        engine.ctr("leases", "delete", "--sync", "settle").output();
        var state = engine.state().resolve("netns").toString();
        take(found, "container", nerdctl("ps", "-aq", "--no-trunc"));
        take(found, "volume", nerdctl("volume", "ls", "-q"));
        take(found, "network", nerdctl("network", "ls", "-q", "--no-trunc"));
        take(found, "member", nerdctl("network", "inspect", "--format", "{{json .Containers}}", NETWORK));
        take(found, "image", engine.ctr("images", "ls", "-q"));
        take(found, "content", engine.ctr("content", "ls", "-q"));
        take(found, "ingest", engine.ctr("content", "active"));
        take(found, "lease", engine.ctr("leases", "ls", "-q"));
        take(found, "snapshot", engine.ctr("snapshots", "--snapshotter", "overlayfs", "ls"));
        take(found, "task", engine.ctr("tasks", "ls"));
        take(found, "record", engine.ctr("containers", "ls", "-q"));
        take(found, "mount", engine.inside("sh", "-c", "cut -d ' ' -f 5 /proc/self/mountinfo"));
        take(found, "cgroup", engine.inside("find", "/sys/fs/cgroup", "-type", "d", "-uid", "0"));
        // without the carrier, which a bridge still has for a moment of a container that has just gone
        take(
                found,
                "link",
                engine.inside("nsenter", "--net=" + state, "sh", "-c", "ip -br link | awk '{ print $1, $3 }'"));
        take(found, "rule", engine.inside("nsenter", "--net=" + state, Host.debians("nft"), "list", "ruleset"));
        take(found, "file", engine.inside("sh", "-c", FILES));
        engine.programs().forEach(program -> found.add("process " + program));
        return found.stream().sorted().toList();
    }

    /// Those in the store's and the runtime's folders, but for the insides of root file systems.
    private static final String FILES = """
            cd /; for folder in /var/lib/containerd /run/containerd; do
                find "$folder/" -mindepth 1 -maxdepth 5 ! -path '*/fs/*' ! -path '*/rootfs/*' ! -name 'metadata.db*'
            done""";

    private static void take(List<String> found, String kind, Run run) throws IOException, InterruptedException {
        run.output().lines().map(line -> kind + " " + line.strip()).forEach(found::add);
    }
}
