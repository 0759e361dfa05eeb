package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// `kill -9` of the daemon loses nothing.
class CrashTest {
    private static final String BUSYBOX = "docker.io/library/busybox:latest";
    private static final int CHUNKS = 100;
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void containers_outlive_the_daemon_and_are_found_again() throws Exception {
        try (var registry = TestImages.registry();
                var rootless = Rootless.supervised()) {
            var ctr = Ctr.debians(rootless);
            ctr.pull(registry, BUSYBOX);
            var terminalLog = rootless.data().resolve("terminal.log");
            var writerLog = rootless.data().resolve("writer.log");
            var endedLog = rootless.data().resolve("ended.log");
            try (var terminal = new Terminal(ctr.run("run", "-t", "--rm", "--cgroup", "", BUSYBOX, "terminal", "sh"))) {
                terminal.await("# ", SOON);
                // 10 MB/s: lines of 16 bytes, numbered, so that a lost or doubled one shows.
                detached(ctr, "writer", writerLog, """
                        i=0; while [ $i -lt %d ]; do awk -v a=$((i*60000)) \
                        'BEGIN { for (j = a + 1; j <= a + 60000; j++) printf "%%014d\\n", j }'; \
                        i=$((i+1)); sleep 0.05; done; exit 5""".formatted(CHUNKS));
                detached(ctr, "ended", endedLog, "while [ ! -e /tmp/go ]; do sleep 0.1; done; echo bye; exit 7");
                detached(ctr, "idle-1", terminalLog, "sleep 1000");
                detached(ctr, "idle-2", terminalLog, "sleep 1000");
                var before = ctr.lines("tasks", "list");

                var pid = rootless.daemonPid();
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                Awaitility.await()
                        .atMost(SOON)
                        .until(() -> ProcessHandle.of(pid).isEmpty());
                var root = Path.of("/proc", pidOf(before, "ended"), "root/tmp/go");
                rootless.inside("touch", root.toString()).go();
                Awaitility.await()
                        .atMost(SOON)
                        .until(() -> Files.notExists(Path.of("/proc", pidOf(before, "ended"), "cmdline")));
                rootless.startAgain();

                var after = ctr.lines("tasks", "list");
                for (var name : List.of("terminal", "writer", "idle-1", "idle-2")) {
                    assertThat(pidOf(after, name)).isEqualTo(pidOf(before, name));
                    assertThat(row(after, name)).contains("RUNNING");
                }
                assertThat(row(after, "ended")).contains("STOPPED");
                assertThat(Ctr.ours(rootless)
                                .run("tasks", "delete", "ended")
                                .go()
                                .err())
                        .contains("exit code 7");
                assertThat(endedLog).hasContent("bye\n");

                Awaitility.await("the writer's end")
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> row(ctr.lines("tasks", "list"), "writer").contains("STOPPED"));
                assertThat(Ctr.ours(rootless)
                                .run("tasks", "delete", "writer")
                                .go()
                                .err())
                        .contains("exit code 5");
                assertCountsUp(writerLog);
            }
            for (var name : List.of("terminal", "idle-1", "idle-2")) {
                ctr.run("tasks", "delete", "-f", name).go();
            }
            for (var name : List.of("terminal", "writer", "ended", "idle-1", "idle-2")) {
                ctr.output("containers", "delete", name);
            }
            assertThat(rootless.mounts()).isEmpty();
        }
    }

    @Test
    void a_pull_whose_daemon_dies_while_unpacking_can_be_repeated() throws Exception {
        try (var registry = TestImages.registry();
                var rootless = Rootless.supervised()) {
            var ctr = Ctr.debians(rootless);
            var hosts = rootless.hosts(registry.port()).toString();
            for (int round = 0; round < 3; round++) {
                var pull = ctr.run("images", "pull", "--hosts-dir", hosts, "docker.io/library/ubuntu:latest")
                        .start(rootless.log());
                Awaitility.await("unpacking")
                        .atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> !pull.isAlive() || hasTree(rootless.root()));
                ProcessHandle.of(rootless.daemonPid()).orElseThrow().destroyForcibly();
                assertThat(Run.ends(pull, SOON)).isTrue();
                rootless.startAgain();
            }
            ctr.pull(registry, "docker.io/library/ubuntu:latest");
            ctr.run("run", "--rm", "--cgroup", "", "docker.io/library/ubuntu:latest", "check", "nginx", "-v")
                    .go()
                    .expect(0);
            // The leases of the broken pulls hold their half-made snapshots until they expire.
            for (var lease : ctr.lines("leases", "list", "-q")) {
                ctr.output("leases", "delete", "--sync", lease);
            }
            assertThat(ctr.lines("snapshots", "list")).hasSize(2);
        }
    }

    private static void assertCountsUp(Path log) throws IOException {
        long expected = 0;
        try (var lines = Files.newBufferedReader(log, StandardCharsets.US_ASCII)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                expected++;
                assertThat(line).isEqualTo("%014d".formatted(expected));
            }
        }
        assertThat(expected).isEqualTo(CHUNKS * 60_000L);
    }

    private static boolean hasTree(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return false;
        }
        try (var files = Files.find(root, 6, (path, _) -> path.endsWith("usr/bin"))) {
            return files.findAny().isPresent();
        } catch (java.io.UncheckedIOException e) {
            return false;
        }
    }

    private static void detached(Ctr ctr, String name, Path log, String script)
            throws IOException, InterruptedException {
        ctr.output("run", "-d", "--log-uri", "file://" + log, "--cgroup", "", BUSYBOX, name, "sh", "-c", script);
    }

    private static String row(List<String> table, String name) {
        return table.stream()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no task " + name + " in " + table));
    }

    private static String pidOf(List<String> table, String name) {
        return row(table, name).split(" +")[1];
    }
}
