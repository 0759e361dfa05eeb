package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The labels `containerd.io/restart.*`, given to containers by Debian's ctr.
class RestartTest {
    private static final String BUSYBOX = "docker.io/library/busybox:latest";
    private static final String LABEL = "containerd.io/restart.";
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
    void a_container_that_is_always_to_run_is_started_again_with_its_log() throws Exception {
        var log = rootless.data().resolve("always.log");
        run("always", "echo here; sleep 1000", "status=running", "loguri=file://" + log);
        var pid = pid("always");
        ctr.output("tasks", "kill", "-s", "KILL", "always");
        awaitAnother("always", pid);
        Awaitility.await("its output")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(log).hasContent("here\n"));
        assertThat(ctr.output("containers", "info", "always")).contains("\"" + LABEL + "count\": \"1\"");
        stopAndRemove("always");
    }

    @Test
    void a_failure_is_followed_as_often_as_the_policy_says() throws Exception {
        run("failing", "exit 3", "status=running", "policy=on-failure:2");
        Awaitility.await("two restarts")
                .atMost(SOON)
                .until(() -> ctr.output("containers", "info", "failing").contains("\"" + LABEL + "count\": \"2\"")
                        && status("failing").equals("STOPPED"));
        run("good", "exit 0", "status=running", "policy=on-failure");
        // what is killed later has been started again, and these have not
        run("mark", "sleep 1000", "status=running");
        var pid = pid("mark");
        ctr.output("tasks", "kill", "-s", "KILL", "mark");
        awaitAnother("mark", pid);
        assertThat(status("failing")).isEqualTo("STOPPED");
        assertThat(status("good")).isEqualTo("STOPPED");
        assertThat(ctr.output("containers", "info", "failing")).contains("\"" + LABEL + "count\": \"2\"");
        for (var name : List.of("failing", "good")) {
            ctr.run("tasks", "delete", name).go();
            ctr.output("containers", "delete", name);
        }
        stopAndRemove("mark");
    }

    @Test
    void what_was_stopped_by_its_user_stays_so() throws Exception {
        run("unless", "sleep 1000", "status=running", "policy=unless-stopped");
        var pid = pid("unless");
        ctr.output("tasks", "kill", "-s", "KILL", "unless");
        awaitAnother("unless", pid);
        ctr.output("containers", "label", "unless", LABEL + "explicitly-stopped=true");
        ctr.output("tasks", "kill", "-s", "KILL", "unless");
        run("other", "sleep 1000", "status=running");
        var other = pid("other");
        ctr.output("tasks", "kill", "-s", "KILL", "other");
        awaitAnother("other", other);
        assertThat(status("unless")).isEqualTo("STOPPED");
        stopAndRemove("other");
        ctr.run("tasks", "delete", "unless").go();
        ctr.output("containers", "delete", "unless");
    }

    @Test
    void a_label_stops_a_container_for_good() throws Exception {
        run("stopping", "sleep 1000", "status=running");
        stopAndRemove("stopping");
    }

    @Test
    void what_ended_while_no_daemon_was_there_is_started_by_the_next() throws Exception {
        run("missed", "sleep 1000", "status=running");
        var pid = pid("missed");
        var daemon = rootless.daemonPid();
        ProcessHandle.of(daemon).orElseThrow().destroyForcibly();
        Awaitility.await().atMost(SOON).until(() -> ProcessHandle.of(daemon).isEmpty());
        rootless.inside("kill", "-9", pid).output();
        rootless.startAgain();
        awaitAnother("missed", pid);
        stopAndRemove("missed");
    }

    @Test
    void an_image_that_is_mounted_stays_so_and_the_next_daemon_knows_it() throws Exception {
        var ours = Ctr.ours(rootless);
        var place = rootless.inside("mktemp", "-d").output().strip();
        ours.output("images", "mount", "--rw", BUSYBOX, place);
        var daemon = rootless.daemonPid();
        ProcessHandle.of(daemon).orElseThrow().destroyForcibly();
        Awaitility.await().atMost(SOON).until(() -> ProcessHandle.of(daemon).isEmpty());
        rootless.startAgain();

        rootless.inside("test", "-x", place + "/bin/busybox").output();
        assertThat(ours.run("images", "mount", "--rw", BUSYBOX, place)
                        .go()
                        .expect(1)
                        .err())
                .contains("mount \"" + place + "\" is active: already exists");
        ours.output("images", "unmount", "--rm", place);
        assertThat(rootless.inside("ls", place).output()).isEmpty();
        ours.output("images", "mount", BUSYBOX, place);
        ours.output("images", "unmount", "--rm", place);
    }

    private static void run(String name, String script, String... labels) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of("run", "-d", "--cgroup", ""));
        for (var label : labels) {
            words.addAll(List.of("--label", LABEL + label));
        }
        words.addAll(List.of(BUSYBOX, name, "sh", "-c", script));
        ctr.output(words.toArray(String[]::new));
    }

    /// The monitor ends and deletes what is labelled so.
    private static void stopAndRemove(String name) throws IOException, InterruptedException {
        ctr.output("containers", "label", name, LABEL + "status=stopped");
        Awaitility.await(name + " stopped").atMost(SOON).until(() -> row(name).isEmpty());
        ctr.output("containers", "delete", name);
        assertThat(Files.exists(rootless.state().resolve("io.containerd.runtime.v2.task/default/" + name)))
                .isFalse();
    }

    private static void awaitAnother(String name, String pid) {
        Awaitility.await(name + " again").atMost(SOON).until(() -> {
            var row = row(name);
            return row.size() == 3
                    && row.get(2).equals("RUNNING")
                    && !row.get(1).equals(pid);
        });
    }

    private static List<String> row(String name) throws IOException, InterruptedException {
        return ctr.lines("tasks", "list").stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> List.of(line.strip().split(" +")))
                .findFirst()
                .orElse(List.of());
    }

    private static String pid(String name) throws IOException, InterruptedException {
        return row(name).get(1);
    }

    private static String status(String name) throws IOException, InterruptedException {
        var row = row(name);
        return row.isEmpty() ? "" : row.get(2);
    }
}
