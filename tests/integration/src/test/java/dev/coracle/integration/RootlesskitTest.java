package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `rootlesskit` as scripts and service managers use it.
class RootlesskitTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void the_command_is_root_of_its_namespace_with_the_callers_environment() throws Exception {
        try (var rootless = Rootless.prepare()) {
            var said = rootless.rootlesskit(
                            "sh", "-c", "id -u; wc -l </proc/self/uid_map; echo \"$LANGUAGE $LC_ALL\"; env")
                    .with("LANGUAGE", "tlh")
                    .with("LC_ALL", "C")
                    .output();
            assertThat(said).startsWith("0\n2\ntlh C\n").contains("ROOTLESSKIT_STATE_DIR=" + rootless.stateDirectory());
            assertThat(said).doesNotContain("CORACLE_CALLER");
            assertThat(rootless.stateDirectory()).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 127, 255})
    void the_commands_status_is_its_own(int status) throws Exception {
        try (var rootless = Rootless.prepare()) {
            rootless.rootlesskit("sh", "-c", "exit " + status).go().expect(status);
        }
    }

    @Test
    void a_command_ended_by_a_signal_gives_255() throws Exception {
        try (var rootless = Rootless.prepare()) {
            rootless.rootlesskit("sh", "-c", "kill -9 $$").go().expect(255);
        }
    }

    @Test
    void a_command_that_is_not_there_is_named() throws Exception {
        try (var rootless = Rootless.prepare()) {
            var result = rootless.rootlesskit("no-such-program").go().expect(1);
            assertThat(result.err()).contains("no-such-program").contains("executable file not found");
            assertThat(rootless.stateDirectory()).doesNotExist();
        }
    }

    @Test
    void signals_reach_the_command() throws Exception {
        try (var rootless = Rootless.prepare()) {
            var ready = rootless.data().resolve("ready");
            var process = rootless.rootlesskit(
                            "sh", "-c", "trap 'exit 33' TERM; touch " + ready + "; while :; do sleep 0.05; done")
                    .start(rootless.log());
            Awaitility.await().atMost(SOON).until(() -> Files.exists(ready));
            process.destroy();
            assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(33);
        }
    }

    @Test
    void killed_it_takes_its_command_along_and_the_next_start_clears_up() throws Exception {
        try (var rootless = Rootless.prepare("--net=slirp4netns", "--copy-up=/etc")) {
            var process = rootless.rootlesskit("sleep", "1000").start(rootless.log());
            var childPid = rootless.stateDirectory().resolve("child_pid");
            Awaitility.await().atMost(SOON).until(() -> Files.exists(childPid));
            process.destroyForcibly();
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> rootless.mentioning(rootless.stateDirectory().toString())
                            .isEmpty());
            rootless.rootlesskit("true").go().expect(0);
            assertThat(rootless.stateDirectory()).doesNotExist();
        }
    }

    @Test
    void nsenter_enters_it_and_etc_may_be_changed_there() throws Exception {
        try (var rootless = Rootless.prepare("--net=none", "--copy-up=/etc", "--copy-up=/run")) {
            var process = rootless.rootlesskit("sleep", "1000").start(rootless.log());
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> Files.exists(rootless.stateDirectory().resolve("child_pid")));
            var said = rootless.inside("sh", "-c", "touch /etc/new /run/new && ls /etc/new && head -c4 /etc/passwd")
                    .output();
            assertThat(said).isEqualTo("/etc/new\nroot");
            assertThat(java.nio.file.Path.of("/etc/new")).doesNotExist();
            process.destroy();
            assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void unknown_values_are_refused_before_anything_is_made() throws Exception {
        for (var flags : List.of(
                List.of("--net=token-ring"),
                List.of("--copy-up-mode=magic"),
                List.of("--propagation=loud"),
                List.of("--net=slirp4netns", "--mtu=99999999"),
                List.of("--no-such-flag"))) {
            try (var rootless = Rootless.prepare(flags.toArray(String[]::new))) {
                var result = rootless.rootlesskit("true").within(SOON).go();
                assertThat(result.status()).as(result.toString()).isEqualTo(1);
                assertThat(result.err()).contains("error: ").doesNotContain("Exception");
                assertThat(rootless.stateDirectory()).doesNotExist();
            }
        }
    }
}
