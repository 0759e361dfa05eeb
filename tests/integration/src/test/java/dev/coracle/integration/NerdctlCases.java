package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Unmodified nerdctl and our commands on each other's containers: what docs/other-clients.md says. Run by
/// `tests/nerdctl`, which gives the program, since no package that the tests install has it.
class NerdctlCases {
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

    /// The way into the namespaces it looks for itself; the socket is not where it looks for it.
    private static Run nerdctl(String... words) throws Exception {
        var program = Path.of(System.getProperty("coracle.nerdctl", "nerdctl"));
        return engine.run(
                        program.toString(),
                        "--address",
                        engine.socket().toString(),
                        "--snapshotter",
                        "overlayfs",
                        "--cni-path",
                        "/usr/lib/cni",
                        "--bridge-ip",
                        "10.3.0.1/24")
                .and(words);
    }

    private static String said(String... words) throws Exception {
        return nerdctl(words).output().strip();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofMinutes(1));
    }

    private static String state(String container) throws Exception {
        return coracle("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", container);
    }

    @Test
    void it_lists_ours() throws Exception {
        var up = coracle("run", "-d", "--name", "up", "-l", "tier=front", "busybox", "sleep", "1000");
        var ended = coracle("create", "--name", "ended", "busybox", "sh", "-c", "exit 3");
        var fresh = coracle("create", "--name", "fresh", "busybox", "true");
        engine.ours("bin/coracle", "start", "-a", "ended").go().expect(3);

        assertThat(said("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Image}} {{.Command}} {{.Status}}")
                        .lines())
                .anyMatch(line -> line.startsWith(up + " up " + IMAGE + " \"sleep 1000\" Up"))
                .anyMatch(line -> line.startsWith(ended + " ended " + IMAGE + " \"sh -c exit 3\" Exited (3) "))
                .anyMatch(line -> line.equals(fresh + " fresh " + IMAGE + " \"true\" Created"));
        assertThat(said("ps", "-q", "--no-trunc")).isEqualTo(up);
        assertThat(said("ps", "-a", "-q", "--no-trunc", "--filter", "label=tier=front"))
                .isEqualTo(up);
        assertThat(said("inspect", "-f", "{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{.Image}}", "ended"))
                .isEqualTo("ended exited 3 " + IMAGE);
        assertThat(said("images", "--format", "{{.Repository}}:{{.Tag}}").lines())
                .contains("busybox:latest");
        coracle("rm", "-f", "up", "ended", "fresh");
        assertThat(said("ps", "-aq")).isEmpty();
    }

    @Test
    void what_it_does_to_ours_is_known() throws Exception {
        coracle("run", "-d", "--name", "always", "--restart=always", "busybox", "sleep", "1000");
        assertThat(said("exec", "always", "echo", "hello")).isEqualTo("hello");
        said("stop", "-t", "1", "always");
        soon().until(() -> state("always").equals("exited 137"));
        said("start", "always");
        soon().until(() -> state("always").startsWith("running"));
        said("rm", "-f", "always");
        soon().until(() -> coracle("ps", "-aq").isEmpty());
        coracle("run", "--rm", "--name", "always", "busybox", "true");
    }

    @Test
    void we_list_its() throws Exception {
        var id = said("run", "-d", "--name", "its", "--net", "none", "busybox", "sleep", "1000");
        assertThat(coracle("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Image}} {{.State}}"))
                .isEqualTo(id + " its " + IMAGE + " running");
        assertThat(engine.ours("bin/coracle", "rm", "-f", "its").go().expect(1).err())
                .contains("nerdctl");
        said("rm", "-f", "its");
        assertThat(coracle("ps", "-aq")).isEmpty();
    }
}
