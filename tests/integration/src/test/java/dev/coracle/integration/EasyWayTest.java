package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What most people will ever type, on a machine without systemd. Nothing runs before the first command.
class EasyWayTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @SuppressWarnings("NullAway.Init")
    private static PrivateEngine engine;

    @SuppressWarnings("NullAway.Init")
    private static Registry registry;

    private static int port;

    @BeforeAll
    static void one_line() throws Exception {
        registry = TestImages.registry();
        engine = new PrivateEngine();
        engine.takeFrom(registry);
        port = Host.freePort();
        nerdctl("run", "-d", "--restart=always", "--name", "nginx", "-p", port + ":80", "nginx:alpine")
                .output();
    }

    @AfterAll
    static void end() throws Exception {
        registry.close();
        engine.close();
    }

    @Test
    void nginx_answers() {
        awaitNginx();
    }

    @Test
    void killed_it_is_there_again_within_a_second() throws Exception {
        awaitNginx();
        var gaps = new ArrayList<Duration>();
        for (var times = 0; times < 3; times++) {
            var before = inspect("{{.State.Pid}}");
            engine.inside("kill", "-9", before).output();
            Awaitility.await("another nginx").atMost(LONG).until(() -> {
                var pid = inspect("{{.State.Pid}}");
                return !pid.equals(before) && !pid.equals("0");
            });
            gaps.add(Duration.between(
                    Instant.parse(inspect("{{.State.FinishedAt}}")), Instant.parse(inspect("{{.State.StartedAt}}"))));
            awaitNginx();
        }
        // one of them: others use this machine too
        assertThat(gaps).anyMatch(gap -> gap.compareTo(Duration.ofSeconds(1)) < 0);
    }

    @Test
    void what_is_stopped_stays_stopped() throws Exception {
        nerdctl("run", "-d", "--restart=always", "--name", "stopped", "nginx:alpine", "sleep", "1000")
                .output();
        nerdctl("stop", "--time", "1", "stopped").output();
        Awaitility.await("that it stays")
                .during(Duration.ofMillis(1500))
                .atMost(LONG)
                .until(() -> nerdctl("inspect", "--format", "{{.State.Status}}", "stopped")
                        .output()
                        .strip()
                        .equals("exited"));
        nerdctl("rm", "stopped").output();
    }

    @Test
    void a_killed_daemon_takes_nothing_along() throws Exception {
        awaitNginx();
        var pid = inspect("{{.State.Pid}}");
        engine.whileDaemonEnds(
                daemon -> engine.run("kill", "-9", Long.toString(daemon)).output());
        awaitNginx();
        assertThat(inspect("{{.State.Pid}}")).isEqualTo(pid);
        assertThat(nerdctl("ps", "--format", "{{.Names}}").output().lines()).contains("nginx");
        assertThat(nerdctl("port", "nginx").output()).contains("80/tcp -> 0.0.0.0:" + port);
    }

    /// The engine's end is nobody's wish for a container: each ends in its own way, and its policy holds at the next
    /// start.
    @Test
    void an_engine_that_was_stopped_comes_back_with_what_is_to_run_always() throws Exception {
        awaitNginx();
        sleeper("own-signal", "trap 'exit 3' USR1; trap '' TERM", "--stop-signal", "USR1");
        sleeper("no-patience", "trap '' TERM", "--stop-timeout", "1");
        sleeper("on-failure", "trap 'exit 4' TERM", "--restart", "on-failure");
        sleeper("removed", "trap 'exit 0' TERM", "--rm");
        sleeper("was-stopped", "trap 'exit 0' TERM", "--restart", "unless-stopped");
        nerdctl("stop", "was-stopped").output();
        engine.engine("stop").go().expect(0);
        assertThat(engine.log()).doesNotContain("ending the containers", "end of container", "end container");
        engine.start();
        awaitNginx();
        assertThat(ended("own-signal")).isEqualTo("false 3");
        assertThat(ended("no-patience")).isEqualTo("false 137");
        assertThat(ended("was-stopped")).isEqualTo("false 0");
        Awaitility.await("what had failed, again")
                .atMost(LONG)
                .until(() -> ended("on-failure").equals("true 0"));
        assertThat(nerdctl("ps", "-a", "--format", "{{.Names}}").output().lines())
                .doesNotContain("removed");
        nerdctl("rm", "-f", "own-signal", "no-patience", "on-failure", "was-stopped")
                .output();
    }

    /// A container that has set its traps when this returns.
    private static void sleeper(String name, String traps, String... options) throws Exception {
        nerdctl("run", "-d", "--name", name)
                .and(options)
                .and("nginx:alpine", "sh", "-c", traps + "; echo ready; while :; do sleep 0.1; done")
                .output();
        Awaitility.await(name)
                .atMost(LONG)
                .until(() -> nerdctl("logs", name).output().contains("ready"));
    }

    private static String ended(String name) throws IOException, InterruptedException {
        return nerdctl("inspect", "--format", "{{.State.Running}} {{.State.ExitCode}}", name)
                .output()
                .strip();
    }

    private static Run nerdctl(String... words) {
        return engine.ours("bin/nerdctl", words);
    }

    private static String inspect(String format) throws IOException, InterruptedException {
        return nerdctl("inspect", "--format", format, "nginx").output().strip();
    }

    private static void awaitNginx() {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            Awaitility.await("nginx on port " + port)
                    .atMost(LONG)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(
                                    http.send(request, BodyHandlers.ofString()).body())
                            .contains("Welcome to nginx"));
        }
    }
}
