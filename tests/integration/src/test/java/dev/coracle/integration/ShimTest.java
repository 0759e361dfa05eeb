package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Debian's shim as a runtime, named by its path: what it does, and what is left when the daemon or
/// the shim is killed.
class ShimTest {
    private static final String BUSYBOX = "docker.io/library/busybox:latest";
    private static final Duration SOON = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private static Registry registry;

    @SuppressWarnings("NullAway.Init")
    private static Rootless rootless;

    @SuppressWarnings("NullAway.Init")
    private static Ctr ctr;

    @BeforeAll
    static void start() throws Exception {
        registry = TestImages.registry();
        rootless = Rootless.supervised();
        ctr = Ctr.debians(rootless);
        ctr.pull(registry, BUSYBOX);
    }

    @AfterAll
    static void end() throws Exception {
        registry.close();
        rootless.close();
    }

    @Test
    void a_shim_named_by_its_path_runs_a_container() throws Exception {
        for (int status : List.of(0, 7)) {
            var result = Ctr.ours(rootless)
                    .run(words("run", "--rm", "once", "cat; echo oops >&2; exit " + status))
                    .go("in and out\n")
                    .expect(status);
            assertThat(result.out()).isEqualTo("in and out\n");
            assertThat(result.err()).contains("oops\n");
        }
        assertThat(traces("once")).isEmpty();
    }

    @Test
    void the_daemon_may_die_meanwhile_and_the_exit_status_is_kept() throws Exception {
        ctr.output(words("run", "-d", "lasting", "while [ ! -e /tmp/go ]; do sleep 0.1; done; exit 42"));
        ctr.output(words("run", "-d", "ending", "while [ ! -e /tmp/go ]; do sleep 0.1; done; exit 43"));
        var before = ctr.lines("tasks", "list");
        var daemon = rootless.daemonPid();
        ProcessHandle.of(daemon).orElseThrow().destroyForcibly();
        Awaitility.await().atMost(SOON).until(() -> ProcessHandle.of(daemon).isEmpty());
        go(before, "ending");
        Awaitility.await()
                .atMost(SOON)
                .until(() -> Files.notExists(Path.of("/proc", pid(before, "ending"), "cmdline")));
        rootless.startAgain();

        var after = ctr.lines("tasks", "list");
        assertThat(pid(after, "lasting")).isEqualTo(pid(before, "lasting"));
        assertThat(row(after, "lasting")).contains("RUNNING");
        assertThat(row(after, "ending")).contains("STOPPED");
        assertThat(Ctr.ours(rootless).run("tasks", "delete", "ending").go().err())
                .contains("exit code 43");
        go(after, "lasting");
        Awaitility.await()
                .atMost(SOON)
                .until(() -> row(ctr.lines("tasks", "list"), "lasting").contains("STOPPED"));
        assertThat(Ctr.ours(rootless).run("tasks", "delete", "lasting").go().err())
                .contains("exit code 42");
        ctr.output("containers", "delete", "lasting", "ending");
        assertThat(traces("lasting")).isEmpty();
        assertThat(traces("ending")).isEmpty();
    }

    @Test
    void a_killed_shim_takes_its_container_along_and_leaves_nothing() throws Exception {
        var events = rootless.data().resolve("events");
        var listener = ctr.run("events").start(events);
        try {
            Awaitility.await("the subscription").atMost(SOON).until(() -> {
                ctr.output("namespaces", "label", "default", "seen=" + System.nanoTime());
                return Files.readString(events).contains("/namespaces/update");
            });
            ctr.output(words("run", "-d", "orphan", "sleep 1000"));
            var pid = pid(ctr.lines("tasks", "list"), "orphan");
            ProcessHandle.of(shim("orphan")).orElseThrow().destroyForcibly();
            Awaitility.await("the task's end")
                    .atMost(SOON)
                    .until(() -> ctr.lines("tasks", "list").stream().noneMatch(line -> line.startsWith("orphan ")));
            Awaitility.await("the container's end")
                    .atMost(SOON)
                    .until(() -> Files.notExists(Path.of("/proc", pid, "cmdline")));
            Awaitility.await("the events").atMost(SOON).until(() -> {
                var said = Files.readString(events);
                return said.contains("/tasks/exit {\"container_id\":\"orphan\",\"id\":\"orphan\",\"pid\":")
                        && said.contains("\"exit_status\":137")
                        && said.contains("/tasks/delete {\"container_id\":\"orphan\"");
            });
        } finally {
            listener.destroy();
            assertThat(Run.ends(listener, SOON)).isTrue();
        }
        ctr.output("containers", "delete", "orphan");
        assertThat(traces("orphan")).isEmpty();
    }

    @Test
    void processes_are_added_and_signalled() throws Exception {
        ctr.output(words("run", "-d", "home", "sleep 1000"));
        var added = ctr.run("tasks", "exec", "--exec-id", "more", "home", "sh", "-c", "echo added; exit 3")
                .go()
                .expect(3);
        assertThat(added.out()).isEqualTo("added\n");
        ctr.output("tasks", "kill", "-s", "KILL", "home");
        Awaitility.await()
                .atMost(SOON)
                .until(() -> row(ctr.lines("tasks", "list"), "home").contains("STOPPED"));
        ctr.run("tasks", "delete", "home").go();
        ctr.output("containers", "delete", "home");
        assertThat(traces("home")).isEmpty();
    }

    @Test
    void a_runtime_that_is_not_there_is_named() throws Exception {
        for (var runtime : List.of("io.containerd.absent.v9", "/nowhere/containerd-shim-absent-v9")) {
            var failed = ctr.run("run", "--rm", "--runtime", runtime, "--cgroup", "", BUSYBOX, "none", "true")
                    .go();
            assertThat(failed.status()).isNotZero();
            assertThat(failed.err()).contains(runtime).contains("not found");
        }
    }

    private static String[] words(String command, String option, String name, String script) {
        return new String[] {
            command,
            option,
            "--runtime",
            Host.debians("containerd-shim-runc-v2"),
            "--cgroup",
            "",
            BUSYBOX,
            name,
            "sh",
            "-c",
            script
        };
    }

    private static void go(List<String> tasks, String name) throws IOException, InterruptedException {
        rootless.inside("touch", "/proc/" + pid(tasks, name) + "/root/tmp/go").output();
    }

    private static String row(List<String> table, String name) {
        return table.stream()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no task " + name + " in " + table));
    }

    private static String pid(List<String> table, String name) {
        return row(table, name).split(" +")[1];
    }

    private static long shim(String name) throws IOException {
        return rootless.mentioning("-id " + name + " ").stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no shim of " + name));
    }

    /// Bundle, mounts and shim of a container that is gone.
    private static List<String> traces(String name) throws IOException {
        var bundle = rootless.state().resolve("io.containerd.runtime.v2.task/default/" + name);
        var left = new java.util.ArrayList<>(rootless.mounts().stream()
                .filter(mount -> mount.contains(bundle.toString()))
                .toList());
        if (Files.exists(bundle)) {
            left.add(bundle.toString());
        }
        try {
            Awaitility.await("the shim's end")
                    .atMost(SOON)
                    .until(() -> rootless.mentioning("-id " + name + " ").isEmpty());
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            left.add("a shim of " + name);
        }
        return left;
    }
}
