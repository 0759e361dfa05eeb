package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Debian's `ctr` and our commands on each other's containers. docs/other-clients.md has the same for nerdctl.
class OtherClientsTest {
    private static final String IMAGE = "docker.io/library/busybox:latest";

    @SuppressWarnings("NullAway.Init")
    private static PrivateEngine engine;

    @BeforeAll
    static void start() throws Exception {
        engine = new PrivateEngine();
        try (var registry = TestImages.registry()) {
            engine.takeFrom(registry);
            coracle("pull", "-q", "busybox");
        }
    }

    @AfterAll
    static void end() throws Exception {
        engine.close();
    }

    private static String coracle(String... words) throws Exception {
        return engine.ours("bin/coracle", words).output().strip();
    }

    private static String ctr(String... words) throws Exception {
        return engine.ctr(words).output().strip();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofMinutes(1));
    }

    private static String state(String container) throws Exception {
        return coracle("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", container);
    }

    @Test
    void ctr_sees_what_runs_and_what_has_ended() throws Exception {
        var running = coracle(
                "run", "-d", "--name", "seen", "-l", "tier=front", "--network", "none", "busybox", "sleep", "1000");
        var ended = coracle("create", "--name", "ended", "--network", "none", "busybox", "sh", "-c", "exit 3");
        assertThat(ctr("tasks", "ls")).doesNotContain(ended);
        engine.ours("bin/coracle", "start", "-a", "ended").go().expect(3);
        assertThat(ctr("tasks", "ls"))
                .containsPattern(running + " +[1-9][0-9]* +RUNNING")
                .containsPattern(ended + " +[0-9]+ +STOPPED");
        assertThat(ctr("containers", "ls")).containsPattern(running + " +" + IMAGE + " +io.containerd.runc.v2");
        assertThat(ctr("containers", "info", running))
                .contains(
                        "\"nerdctl/name\": \"seen\"",
                        "\"nerdctl/networks\": \"[\\\"none\\\"]\"",
                        "\"tier\": \"front\"");
        assertThat(ctr("tasks", "exec", "--exec-id", "hello", running, "echo", "hello"))
                .isEqualTo("hello");
        assertThat(ctr("images", "ls", "-q").lines()).contains(IMAGE);

        // a container cannot be deleted as long as there is a task, and its task can be deleted once
        assertThat(engine.ctr("tasks", "rm", ended).go().err()).contains("exit code 3");
        assertThat(ctr("tasks", "ls")).doesNotContain(ended);
        ctr("containers", "rm", ended);
        soon().until(() -> !coracle("ps", "-aq", "--no-trunc").contains(ended));
        coracle("create", "--name", "ended", "--network", "none", "busybox", "true");
        coracle("rm", "-f", "seen", "ended");
        assertThat(ctr("containers", "ls", "-q")).isEmpty();
    }

    @Test
    void what_ctr_does_to_our_container_is_known() throws Exception {
        var id = coracle(
                "run",
                "-d",
                "--name",
                "theirs",
                "--network",
                "none",
                "busybox",
                "sh",
                "-c",
                "trap 'exit 4' TERM; echo up; while :; do sleep 0.1; done");
        soon().until(() -> coracle("logs", "theirs").equals("up"));
        ctr("tasks", "kill", "-s", "SIGTERM", id);
        soon().until(() -> state("theirs").equals("exited 4"));
        ctr("tasks", "start", "-d", id);
        soon().until(() -> state("theirs").startsWith("running"));
        coracle("stop", "-t", "1", "theirs");
        assertThat(state("theirs")).startsWith("exited");
        coracle("rm", "theirs");
    }

    @Test
    void one_that_its_own_policy_would_start_stays_down_when_another_client_says_so() throws Exception {
        var id = coracle(
                "run", "-d", "--name", "always", "--restart=always", "--network", "none", "busybox", "sleep", "1000");
        // as nerdctl does before it stops a container
        ctr("containers", "label", id, "containerd.io/restart.explicitly-stopped=true");
        ctr("tasks", "kill", "-s", "SIGKILL", id);
        soon().until(() -> state("always").equals("exited 137"));
        coracle("rm", "always");
    }

    @Test
    void one_that_its_own_policy_would_start_waits_for_the_client_that_is_removing_it() throws Exception {
        var id = coracle(
                "run", "-d", "--name", "taken", "--restart=always", "--network", "none", "busybox", "sleep", "1000");
        engine.ctr("tasks", "rm", "-f", id).go();
        assertThat(ctr("tasks", "ls")).doesNotContain(id);
        ctr("containers", "rm", id);
        soon().until(() -> coracle("ps", "-aq").isEmpty());
    }

    @Test
    void we_handle_what_ctr_has_made() throws Exception {
        ctr("run", "-d", "--snapshotter", "overlayfs", "--cgroup", "", IMAGE, "foreign", "sleep", "1000");
        assertThat(coracle("ps", "--format", "{{.ID}} {{.Image}} {{.State}}"))
                .isEqualTo("foreign " + IMAGE + " running");
        coracle("stop", "-t", "1", "foreign");
        assertThat(state("foreign")).isEqualTo("exited 137");
        coracle("rm", "foreign");
        assertThat(ctr("containers", "ls", "-q")).isEmpty();
    }
}
