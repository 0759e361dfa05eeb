package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Commands passed on to the daemon, by both clients.
class ForwardingTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String BUSYBOX = "docker.io/library/busybox:latest";

    @SuppressWarnings("NullAway.Init")
    private static Rootless rootless;

    /// How a command reaches the daemon.
    enum Client {
        SMALL,
        JAVA;

        List<String> words() {
            var tree = Host.tree();
            return this == SMALL
                    ? List.of(tree.resolve("bin").resolve("ctr").toString())
                    : List.of(tree.resolve("libexec").resolve("client").toString(), "ctr");
        }

        Run run(String... arguments) throws IOException {
            return on(rootless, arguments);
        }

        Run on(Rootless daemon, String... arguments) throws IOException {
            return daemon.inside(
                    Stream.concat(words().stream(), Stream.of(arguments)).toArray(String[]::new));
        }

        Run container(String id, String... command) throws IOException {
            var words = Stream.concat(Stream.of("run", "--rm", "--cgroup", "", BUSYBOX, id), Stream.of(command));
            return run(words.toArray(String[]::new));
        }
    }

    @BeforeAll
    static void start() throws Exception {
        rootless = Rootless.start();
        try (var registry = TestImages.registry()) {
            Ctr.debians(rootless).pull(registry, BUSYBOX);
        }
    }

    @AfterAll
    static void end() throws Exception {
        rootless.close();
    }

    @ParameterizedTest
    @EnumSource
    void output_and_status_are_those_of_a_program_of_its_own(Client client) throws Exception {
        var own = rootless.inside(Host.tree().resolve("libexec").resolve("ctr").toString());
        for (var words : List.of(
                List.of("images", "list"),
                List.of("namespaces", "list"),
                List.of("snapshots", "--snapshotter", "native", "list"),
                List.of("containers", "info", "none"),
                List.of("--help"),
                List.of("images", "nonsense"),
                List.of("run"))) {
            var expected = own.and(words.toArray(String[]::new)).go();
            var found = client.run(words.toArray(String[]::new)).go();
            assertThat(found.status()).as("status of " + words).isEqualTo(expected.status());
            assertThat(found.out()).as("output of " + words).isEqualTo(expected.out());
            assertThat(found.err()).as("errors of " + words).isEqualTo(expected.err());
        }
    }

    @ParameterizedTest
    @EnumSource
    void streams_and_status_of_a_container_go_through(Client client) throws Exception {
        var result = client.container("through", "sh", "-c", "cat; echo no >&2; exit 33")
                .go("one\ntwo\n")
                .expect(33);
        assertThat(result.out()).isEqualTo("one\ntwo\n");
        assertThat(result.err()).contains("no\n");
    }

    @ParameterizedTest
    @EnumSource
    void a_reader_that_goes_early_ends_the_command(Client client) throws Exception {
        var line = String.join(" ", client.words()) + " run --rm --cgroup '' " + BUSYBOX + " early yes";
        var result = rootless.inside("bash", "-c", line + " | head -n 1; echo ${PIPESTATUS[0]}")
                .go()
                .expect(0);
        assertThat(result.out()).isEqualTo("y\n141\n");
        assertThat(Ctr.debians(rootless).lines("containers", "list", "-q")).doesNotContain("early");
    }

    @ParameterizedTest
    @EnumSource
    void ctrl_c_ends_a_command_in_cooked_mode(Client client) throws Exception {
        try (var terminal = new Terminal(client.run("events"))) {
            Awaitility.await().atMost(SOON).until(() -> carriesOut(rootless));
            terminal.send("\u0003");
            assertThat(terminal.status(SOON)).isEqualTo(130);
        }
    }

    /// Whether the daemon has a thread for a command.
    private static boolean carriesOut(Rootless daemon) throws IOException {
        try (var threads = Files.list(Path.of("/proc", Long.toString(daemon.daemonPid()), "task"))) {
            return threads.anyMatch(thread -> {
                try {
                    return Files.readString(thread.resolve("comm")).startsWith("command-");
                } catch (IOException ended) {
                    return false;
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_terminal_is_raw_follows_the_window_and_is_put_back(Client client) throws Exception {
        try (var terminal = new Terminal(rootless.inside("sh").with("PS1", "outside> "))) {
            terminal.await("outside> ", SOON);
            terminal.type("tty");
            var screen = terminal.await("/dev/pts/\\d+", SOON);
            terminal.type(String.join(" ", client.words()) + " run -t --rm --cgroup '' " + BUSYBOX
                    + " window sh; echo ended-$?-");
            terminal.await("# ", SOON);
            terminal.type("until [ \"$(stty size)\" != '0 0' ]; do sleep 0.1; done; stty size");
            terminal.await("33 111", SOON);
            Run.of("stty", "-F", screen, "rows", "40", "cols", "90").output();
            terminal.type("until [ \"$(stty size)\" = '40 90' ]; do sleep 0.1; done; echo now-$((1 + 1))-");
            terminal.await("now-2-", SOON);
            terminal.type("exit 9");
            assertThat(terminal.await("ended-\\d+-", SOON)).isEqualTo("ended-9-");
            terminal.type("stty -a");
            terminal.await("[^-]icanon", SOON);
            terminal.type("exit").status(SOON);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_that_is_killed_takes_its_container_along_and_its_terminal_is_put_back(Client client)
            throws Exception {
        var id = "killed-" + client.name().toLowerCase(java.util.Locale.ROOT);
        try (var terminal = new Terminal(rootless.inside("sh").with("PS1", "outside> "))) {
            terminal.await("outside> ", SOON);
            terminal.type(String.join(" ", client.words()) + " run -t --rm --cgroup '' " + BUSYBOX + " " + id
                    + " sh; echo ended-$?-");
            terminal.await("# ", SOON);
            terminal.type("echo here-$((1 + 1))-");
            terminal.await("here-2-", SOON);
            for (var pid : rootless.mentioning("--cgroup  " + BUSYBOX + " " + id)) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
            assertThat(terminal.await("ended-\\d+-", SOON)).isEqualTo("ended-137-");
            Awaitility.await().atMost(SOON).until(() -> {
                terminal.type("stty -a | tr ' ' '\\n' | grep -c '^icanon'; echo asked-$((1 + 1))-");
                return terminal.await("(?s)[01]\\s+asked-2-", SOON).startsWith("1");
            });
            terminal.type("exit").status(SOON);
        }
        Awaitility.await()
                .atMost(SOON)
                .until(() ->
                        !Ctr.debians(rootless).lines("containers", "list", "-q").contains(id));
    }

    @ParameterizedTest
    @EnumSource
    void a_daemon_that_dies_is_said(Client client) throws Exception {
        try (var own = Rootless.supervised()) {
            var out = Files.createTempFile("events", ".out");
            var process = client.on(own, "events").start(out);
            Awaitility.await().atMost(SOON).until(() -> carriesOut(own));
            ProcessHandle.of(own.daemonPid()).orElseThrow().destroyForcibly();
            assertThat(Run.ends(process, SOON)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(out))
                    .contains("ctr: lost the connection to the daemon while the command ran")
                    .contains("hint: ");
            Files.delete(out);
            own.startAgain();
        }
    }

    @Test
    void a_hundred_clients_at_once_are_served() throws Exception {
        var processes = new ArrayList<Process>();
        for (var i = 0; i < 100; i++) {
            processes.add(Client.SMALL.run("images", "list", "-q").builder().start());
        }
        for (var process : processes) {
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(BUSYBOX + "\n");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
    }

    @Test
    void another_user_is_refused_even_where_the_socket_is_open() throws Exception {
        // another of our ids, in mounts of its own, where everybody may connect
        var script = """
                mount -t tmpfs none /mnt && mkdir /mnt/bin && cp "$1" /mnt/bin/ctr && touch /mnt/coracle.sock &&
                mount --bind "$2" /mnt/coracle.sock && chmod 0666 /mnt/coracle.sock &&
                cd / && setpriv --reuid=1000 --clear-groups /mnt/bin/ctr --address /mnt/api.sock images list
                status=$?
                chmod 0600 /mnt/coracle.sock
                exit $status
                """;
        var result = rootless.inside(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        script,
                        "sh",
                        Host.tree().resolve("bin").resolve("coracle").toString(),
                        rootless.socket().resolveSibling("coracle.sock").toString())
                .go();
        assertThat(result.err()).contains("this daemon serves its owner only, user 0, not user 1000");
        result.expect(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_named_daemon_that_is_not_there_is_said(Client client) throws Exception {
        var words = client == Client.SMALL
                ? List.of(Host.tree().resolve("bin").resolve("nerdctl").toString())
                : List.of(Host.tree().resolve("libexec").resolve("client").toString(), "nerdctl");
        var result =
                Run.of(words).and("-H", "unix:///nowhere/x.sock", "ps").go().expect(125);
        assertThat(result.err())
                .contains("nerdctl: connect to the daemon at /nowhere/x.sock: it takes no commands at"
                        + " /nowhere/coracle.sock")
                .contains("hint: ");
    }

    @Test
    void a_program_of_its_own_works_without_forwarding() throws Exception {
        Client.SMALL
                .run("images", "list", "-q")
                .with("CORACLE_NO_FORWARD", "1")
                .go()
                .expect(0);
        var nobody = Client.SMALL
                .run("images", "list")
                .with("CONTAINERD_ADDRESS", "/nowhere/x.sock")
                .go()
                .expect(1);
        assertThat(nobody.err()).contains("cannot access socket /nowhere/x.sock");
    }
}
