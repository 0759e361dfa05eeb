package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The engine of an account on a machine without systemd: set up, started, stopped, and the daemon killed under it.
@TestMethodOrder(OrderAnnotation.class)
class EngineTest {
    private static final String IMAGE = "docker.io/library/busybox:latest";

    /// In C and in Java.
    private enum Client {
        SMALL,
        JAVA;

        Run of(PrivateEngine engine, String... words) {
            var run = this == SMALL ? engine.ours("bin/nerdctl") : engine.ours("libexec/client", "nerdctl");
            return run.and(words);
        }
    }

    @SuppressWarnings("NullAway.Init")
    private static PrivateEngine engine;

    @BeforeAll
    static void start() throws Exception {
        engine = new PrivateEngine();
        var status = engine.engine("status").go().expect(3);
        assertThat(status.out()).contains("does not run");
        var checked =
                engine.ours("bin/containerd-rootless-setuptool.sh", "install").go();
        assertThat(checked.expect(0).out())
                .contains(
                        "[INFO] Checking RootlessKit functionality",
                        "[INFO] Requirements are satisfied",
                        "the engine runs");
        try (var registry = TestImages.registry()) {
            engine.takeFrom(registry);
            engine.ctr(
                            "images",
                            "pull",
                            "--snapshotter",
                            "native",
                            "--hosts-dir",
                            engine.hosts().toString(),
                            IMAGE)
                    .output();
        }
    }

    @AfterAll
    static void end() throws Exception {
        engine.close();
    }

    @Test
    void a_second_start_finds_the_first() throws Exception {
        var daemon = engine.daemonPid();
        assertThat(engine.engine("start").go().expect(0).out()).contains("the engine runs");
        assertThat(engine.daemonPid()).isEqualTo(daemon);
        assertThat(engine.engine("status").go().expect(0).out())
                .contains(
                        "the engine runs",
                        engine.socket().toString(),
                        engine.logFile().toString());
    }

    @Test
    void the_daemon_stays_in_the_hosts_network_and_keeps_another_for_containers() throws Exception {
        var host = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        assertThat(Files.readSymbolicLink(Path.of("/proc", Long.toString(engine.daemonPid()), "ns/net")))
                .isEqualTo(host);
        assertThat(engine.state().resolve("netns")).exists();
        assertThat(engine.log()).contains("containers reach the network by");
    }

    @Test
    void the_daemon_finds_the_accounts_folders_where_its_defaults_are() throws Exception {
        assertThat(engine.inside("sh", "-c", "ls /run/containerd/containerd.sock; ls -d /var/lib/containerd/io*content")
                        .output())
                .contains("containerd.sock", "content");
        assertThat(engine.home().resolve(".local/share/containerd/daemon.lock")).exists();
    }

    @Test
    void the_setup_tool_enters_the_namespaces() throws Exception {
        var entered = engine.ours(
                "bin/containerd-rootless-setuptool.sh",
                "nsenter",
                "--",
                "sh",
                "-c",
                "id -u; echo $ROOTLESSKIT_STATE_DIR");
        assertThat(entered.output().lines()).containsExactly("0", engine.state().toString());
        var failing = engine.ours("bin/containerd-rootless-setuptool.sh", "nsenter", "--", "sh", "-c", "exit 9");
        failing.go().expect(9);
    }

    @Test
    void a_killed_daemon_comes_back_in_the_same_namespaces_with_its_containers() throws Exception {
        var supervisor = engine.childPid();
        var container = run("survivor", "sleep 1000");
        for (var times = 0; times < 3; times++) {
            engine.whileDaemonEnds(
                    daemon -> engine.run("kill", "-9", Long.toString(daemon)).output());
            assertThat(engine.childPid()).isEqualTo(supervisor);
            assertThat(engine.ctr("tasks", "ls").output()).containsPattern("survivor\\s+" + container + "\\s+RUNNING");
        }
        assertThat(engine.log()).contains("the daemon died with status 137", "starting it again");
        remove("survivor");
    }

    @Test
    void a_reload_is_another_daemon_and_the_same_containers() throws Exception {
        var container = run("reloaded", "sleep 1000");
        engine.whileDaemonEnds(_ ->
                engine.run("kill", "-HUP", Long.toString(engine.childPid())).output());
        assertThat(engine.ctr("tasks", "ls").output()).containsPattern("reloaded\\s+" + container + "\\s+RUNNING");
        remove("reloaded");
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void the_end_of_the_engine_is_the_end_of_its_containers_and_purge_removes_the_rest() throws Exception {
        var said = engine.home().resolve("said");
        var polite = run("polite", "trap \"echo bye >/said/bye; exit 7\" TERM; while :; do sleep 0.1; done", said);
        var stubborn = run("stubborn", "trap \"\" TERM; while :; do sleep 1; done");
        engine.engine("stop").go().expect(0);
        assertThat(said.resolve("bye")).exists();
        assertThat(ProcessHandle.of(polite)).isEmpty();
        assertThat(ProcessHandle.of(stubborn)).isEmpty();
        engine.engine("status").go().expect(3);

        engine.start();
        assertThat(engine.ctr("tasks", "ls").output()).containsPattern("polite\\s+\\d+\\s+STOPPED");

        var listed = engine.ours("bin/containerd-rootless-setuptool.sh", "uninstall", "--purge", "--dry-run");
        assertThat(listed.output()).contains(engine.home() + "/.local/share/containerd");
        var refused = engine.ours("bin/containerd-rootless-setuptool.sh", "uninstall", "--purge")
                .go("n\n");
        assertThat(refused.expect(1).out()).contains("Remove them? [y/N]");
        assertThat(engine.engine("status").go().status()).isZero();
        engine.ours("bin/containerd-rootless-setuptool.sh", "uninstall", "--purge", "--force")
                .go()
                .expect(0);
        assertThat(engine.home().resolve(".local/share/containerd")).doesNotExist();
        engine.engine("status").go().expect(3);
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void an_engine_that_was_killed_leaves_nothing_to_the_next() throws Exception {
        var container = run("orphan", "sleep 1000");
        var launcher =
                ProcessHandle.of(engine.childPid()).orElseThrow().parent().orElseThrow();
        var daemon = engine.daemonPid();
        launcher.destroyForcibly();
        Awaitility.await("the end of the daemon")
                .atMost(Duration.ofMinutes(1))
                .until(() -> ProcessHandle.of(daemon).isEmpty());
        assertThat(ProcessHandle.of(container)).as("nobody has told it to end").isPresent();
        engine.start();
        assertThat(ProcessHandle.of(container)).isEmpty();
        assertThat(engine.ctr("tasks", "ls").output()).containsPattern("orphan\\s+\\d+\\s+STOPPED");
        assertThat(engine.log()).contains("ending the containers of an engine that was killed");
    }

    @Test
    void a_start_that_fails_shows_why() throws Exception {
        try (var other = new PrivateEngine()) {
            other.configure("containerd/config.toml", "version = 2\nroot = 7\n");
            var failed = other.engine("start").go().expect(1);
            assertThat(failed.err())
                    .contains("root", "the daemon does not start", "start the engine: it does not answer");
        }
    }

    @Test
    void an_address_of_ones_own_is_waited_for_and_found() throws Exception {
        try (var other = new PrivateEngine()) {
            var socket = other.home().resolve("own/engine.sock");
            other.configure("containerd/config.toml", "version = 2\n[grpc]\n  address = \"" + socket + "\"\n");
            assertThat(other.engine("start").go().expect(0).out()).contains("the engine runs", socket.toString());
            assertThat(other.engine("status").go().expect(0).out()).contains(socket.toString());
            for (var client : Client.values()) {
                client.of(other, "ps").go().expect(0);
                client.of(other, "--address", socket.toString(), "ps").go().expect(0);
            }
            var info = other.ours("bin/nerdctl", "info", "--format", "{{.Name}} {{.ID}}");
            assertThat(info.output())
                    .matches(Files.readString(Path.of("/proc/sys/kernel/hostname"))
                                    .strip() + " [0-9a-f-]{36}\n");
        }
    }

    @Test
    void a_command_of_any_client_starts_the_engine() throws Exception {
        try (var other = new PrivateEngine()) {
            for (var client : Client.values()) {
                client.of(other, "version").go().expect(0);
                assertThat(other.engine("status").go().status()).isZero();
                client.of(other, "stop").go().expect(0);
                other.engine("status").go().expect(3);
            }
            other.configure("containerd/config.toml", "version = 2\nroot = 7\n");
            for (var client : Client.values()) {
                var failed = client.of(other, "ps").go().expect(125);
                assertThat(failed.err()).contains("root", "nerdctl: start the engine: it does not answer", "hint: ");
            }
        }
    }

    @Test
    void doctor_is_the_clients_wherever_it_stands() throws Exception {
        var found = engine.ours("bin/containerd-rootless-setuptool.sh", "check", "--json")
                .go();
        for (var client : Client.values()) {
            var doctor = client.of(engine, "--debug", "-n", "other", "doctor", "--json")
                    .go();
            assertThat(doctor.status()).isEqualTo(found.status());
            assertThat(doctor.out()).isEqualTo(found.out());
            var inside = client.of(engine, "--address", engine.socket().toString(), "doctor")
                    .go()
                    .expect(1);
            assertThat(inside.err()).contains("does not see the machine from outside", "hint: type coracle doctor");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "install --force | HOME=/tmp | Did you mean 'containerd-rootless-setuptool.sh install --force' ?",
                "'' | HOME=/proc/1 | HOME needs to be set and writable",
                "'' | XDG_RUNTIME_DIR=/proc/1 | XDG_RUNTIME_DIR needs to be set and writable",
                "'' | CONTAINERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS=maybe | Unknown"
                        + " CONTAINERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS value: maybe",
            })
    void what_cannot_be_started_says_so(String words, String variable, String message) throws Exception {
        var equals = variable.indexOf('=');
        var script = engine.ours("bin/containerd-rootless.sh", words.isEmpty() ? new String[0] : words.split(" "));
        var refused = script.with(variable.substring(0, equals), variable.substring(equals + 1))
                .go();
        assertThat(refused.expect(1).err()).contains(message);
    }

    /// Starts a container; its pid on the host.
    private static long run(String name, String script) throws IOException, InterruptedException {
        return run(name, script, engine.home().resolve("said"));
    }

    private static long run(String name, String script, Path shared) throws IOException, InterruptedException {
        Files.createDirectories(shared);
        engine.ctr(
                        "run",
                        "-d",
                        "--snapshotter",
                        "native",
                        "--cgroup",
                        "",
                        "--mount",
                        "type=bind,src=" + shared + ",dst=/said,options=rbind:rw",
                        IMAGE,
                        name,
                        "sh",
                        "-c",
                        script)
                .output();
        var line = engine.ctr("tasks", "ls")
                .output()
                .lines()
                .filter(each -> each.startsWith(name + " "))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.split("\\s+")[1]);
    }

    private static void remove(String name) throws IOException, InterruptedException {
        engine.ctr("tasks", "kill", "-s", "KILL", name).output();
        Awaitility.await("the end of " + name)
                .atMost(Duration.ofMinutes(1))
                .until(() -> engine.ctr("tasks", "rm", name).go().status() == 0);
        engine.ctr("containers", "rm", name).output();
    }
}
