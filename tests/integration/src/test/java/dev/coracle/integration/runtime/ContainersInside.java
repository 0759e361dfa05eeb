package dev.coracle.integration.runtime;

import static dev.coracle.integration.runtime.Ground.NAMESPACE;
import static dev.coracle.integration.runtime.Ground.init;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.core.types.TypedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Started by [RuntimeTest] inside a user and mount namespace.
@Timeout(60)
class ContainersInside {
    private static final Stdio NOTHING = new Stdio("", "", "", false);

    @SuppressWarnings("NullAway.Init") // every test begins by choosing its runtime
    private Ground ground;

    private void use(String runtime) throws IOException {
        ground = Ground.make(runtime);
    }

    @AfterEach
    void leaves_nothing_behind() throws IOException {
        ground.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void a_container_writes_to_the_pipes_of_its_client_and_its_status_is_exact(String program) throws Exception {
        use(program);
        var out = Reader.of(ground.pipe("out"));
        var err = Reader.of(ground.pipe("err"));
        var stdio = new Stdio("", ground.directory() + "/out", "fifo://" + ground.directory() + "/err", false);

        var exit = ground.runToEnd("one", stdio, "sh", "-c", "echo to out; echo to err >&2; exit 42");

        assertThat(exit.status()).isEqualTo(42);
        assertThat(out.all()).isEqualTo("to out\n");
        assertThat(err.all()).isEqualTo("to err\n");
        assertThat(ground.exits).containsExactly("one/=42");
        var state = ground.runtime().state(init("one"));
        assertThat(state.status()).isEqualTo(TaskStatus.STOPPED);
        assertThat(state.exitStatus()).isEqualTo(42);
        assertThat(ground.runtime().delete(init("one"))).isEqualTo(exit);
        assertThatThrownBy(() -> ground.runtime().state(init("one"))).isInstanceOf(EngineException.NotFound.class);
        assertThat(ground.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void stdin_ends_when_the_client_closes_it_and_not_before(String program) throws Exception {
        use(program);
        var in = ground.pipe("in");
        var out = Reader.of(ground.pipe("out"));
        ground.runtime()
                .create(
                        NAMESPACE,
                        ground.task("in", new Stdio(in.toString(), ground.directory() + "/out", "", false), "cat"));
        ground.runtime().start(init("in"));
        Files.writeString(in, "first\n", StandardOpenOption.WRITE);
        out.awaitText("first");
        Files.writeString(in, "second\n", StandardOpenOption.WRITE);
        out.awaitText("second");
        assertThat(ground.runtime().await(init("in"), Duration.ofMillis(100))).isEmpty();

        ground.runtime().closeStdin(init("in"));

        assertThat(ground.runtime().await(init("in")).status()).isZero();
        assertThat(out.all()).isEqualTo("first\nsecond\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void a_terminal_has_a_size_and_carries_both_directions(String program) throws Exception {
        use(program);
        var in = ground.pipe("in");
        var out = Reader.of(ground.pipe("out"));
        var stdio = new Stdio(in.toString(), ground.directory() + "/out", "", true);
        ground.runtime().create(NAMESPACE, ground.task("tty", stdio, "sh", "-c", "read line; stty size; exit 3"));
        ground.runtime().start(init("tty"));
        ground.runtime().resize(init("tty"), 120, 40);

        Files.writeString(in, "go\n", StandardOpenOption.WRITE);

        assertThat(ground.runtime().await(init("tty")).status()).isEqualTo(3);
        assertThat(out.all()).isEqualTo("go\r\n40 120\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void a_process_is_added_with_stdio_of_its_own(String program) throws Exception {
        use(program);
        ground.runtime().create(NAMESPACE, ground.task("host", NOTHING, "sleep", "1000"));
        ground.runtime().start(init("host"));
        var key = new ProcessKey(NAMESPACE, "host", "extra");
        var out = Reader.of(ground.pipe("out"));
        ground.runtime()
                .exec(
                        key,
                        Ground.exec(false, "sh", "-c", "echo inside; exit 7"),
                        new Stdio("", ground.directory() + "/out", "", false));
        assertThat(ground.runtime().state(key).status()).isEqualTo(TaskStatus.CREATED);

        ground.runtime().start(key);

        assertThat(ground.runtime().await(key).status()).isEqualTo(7);
        assertThat(out.all()).isEqualTo("inside\n");
        assertThat(ground.runtime().delete(key).status()).isEqualTo(7);
        assertThatThrownBy(() -> ground.runtime().state(key)).isInstanceOf(EngineException.NotFound.class);
        assertThatThrownBy(() -> ground.runtime().delete(init("host")))
                .isInstanceOf(EngineException.FailedPrecondition.class);
        var terminal = new ProcessKey(NAMESPACE, "host", "terminal");
        var screen = Reader.of(ground.pipe("screen"));
        ground.runtime()
                .exec(
                        terminal,
                        // clients repeat here what the container's own process has: the streams decide
                        Ground.exec(false, "sh", "-c", "stty >/dev/null && echo terminal; exit 8"),
                        new Stdio("", ground.directory() + "/screen", "", true));
        ground.runtime().start(terminal);
        assertThat(ground.runtime().await(terminal).status()).isEqualTo(8);
        assertThat(screen.all()).isEqualTo("terminal\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void a_deleted_process_is_heard_to_the_last_byte(String program) throws Exception {
        use(program);
        ground.runtime().create(NAMESPACE, ground.task("host", NOTHING, "sleep", "1000"));
        ground.runtime().start(init("host"));
        var key = new ProcessKey(NAMESPACE, "host", "talkative");
        var screen = ground.pipe("screen");
        ground.runtime()
                .exec(key, Ground.exec(true, "seq", "60000"), new Stdio("", ground.directory() + "/screen", "", true));
        ground.runtime().start(key);
        assertThat(ground.runtime().await(key).status()).isZero();
        ground.runtime().delete(key);

        // more than a pipe holds, for somebody who has not read anything yet
        assertThat(Reader.of(screen).all()).endsWith("59999\r\n60000\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void a_process_too_short_to_be_talked_to_is_still_heard(String program) throws Exception {
        use(program);
        ground.runtime().create(NAMESPACE, ground.task("host", NOTHING, "sleep", "1000"));
        ground.runtime().start(init("host"));
        var in = ground.pipe("in");
        for (var i = 0; i < 10; i++) {
            var key = new ProcessKey(NAMESPACE, "host", "short" + i);
            var screen = Reader.of(ground.pipe("screen" + i));
            var stdio = new Stdio(in.toString(), ground.directory() + "/screen" + i, "", true);
            ground.runtime().exec(key, Ground.exec(true, "echo", "short"), stdio);
            ground.runtime().start(key);
            assertThat(ground.runtime().await(key).status()).isZero();
            assertThat(screen.all()).isEqualTo("short\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void what_was_never_started_or_still_has_company_is_deleted_whole(String program) throws Exception {
        use(program);
        for (var i = 0; i < 5; i++) {
            ground.runtime().create(NAMESPACE, ground.task("made", NOTHING, "sleep", "1000"));
            ground.runtime().delete(init("made"));
            assertThat(ground.leftovers()).isEmpty();
            ground.runtime().create(NAMESPACE, ground.task("host", NOTHING, "sleep", "1000"));
            ground.runtime().start(init("host"));
            var guest = new ProcessKey(NAMESPACE, "host", "guest");
            ground.runtime().exec(guest, Ground.exec(true, "sleep", "1000"), new Stdio("", "", "", true));
            ground.runtime().start(guest);
            ground.runtime().kill(init("host"), 9, false);
            ground.runtime().await(init("host"));
            assertThat(ground.runtime().delete(init("host")).status()).isEqualTo(137);
            assertThat(ground.leftovers()).isEmpty();
        }
        assertThat(ground.exits).contains("host/guest=137").hasSize(15);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void what_cannot_be_started_is_said_and_leaves_nothing(String program) throws Exception {
        use(program);
        assertThatThrownBy(() -> ground.runtime().create(NAMESPACE, ground.task("none", NOTHING, "no-such-program")))
                .isInstanceOf(EngineException.NotFound.class)
                .hasMessageContaining("OCI runtime create failed")
                .hasMessageContaining("no-such-program");
        assertThat(ground.leftovers()).isEmpty();
        assertThat(ground.runtime().list(NAMESPACE)).isEmpty();
        assertThatThrownBy(() -> ground.runtime()
                        .create(NAMESPACE, ground.task("none", new Stdio("", "/no/such/pipe", "", false), "true")))
                .isInstanceOf(EngineException.NotFound.class)
                .hasMessageContaining("/no/such/pipe");
        assertThat(ground.leftovers()).isEmpty();
        ground.runtime().create(NAMESPACE, ground.task("host", NOTHING, "sleep", "1000"));
        ground.runtime().start(init("host"));
        var key = new ProcessKey(NAMESPACE, "host", "extra");
        ground.runtime().exec(key, Ground.exec(false, "no-such-program"), NOTHING);
        assertThatThrownBy(() -> ground.runtime().start(key))
                .isInstanceOf(EngineException.NotFound.class)
                .hasMessageContaining("no-such-program");
        ground.runtime().delete(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void a_signal_ends_it_and_then_there_is_nobody_to_signal(String program) throws Exception {
        use(program);
        ground.runtime().create(NAMESPACE, ground.task("killed", NOTHING, "sleep", "1000"));
        ground.runtime().start(init("killed"));
        assertThatThrownBy(() -> ground.runtime().create(NAMESPACE, ground.task("killed", NOTHING, "true")))
                .isInstanceOf(EngineException.AlreadyExists.class);
        assertThat(ground.runtime().pids(NAMESPACE, "killed"))
                .containsExactly(ground.runtime().state(init("killed")).pid());

        ground.runtime().kill(init("killed"), 9, false);

        assertThat(ground.runtime().await(init("killed")).status()).isEqualTo(137);
        assertThatThrownBy(() -> ground.runtime().kill(init("killed"), 9, false))
                .isInstanceOf(EngineException.NotFound.class)
                .hasMessage("process already finished");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void output_can_go_to_a_file_and_to_a_logger(String program) throws Exception {
        use(program);
        var file = ground.directory().resolve("logs/out");
        ground.runToEnd(
                "file", new Stdio("", "file://" + file, "file://" + file, false), "sh", "-c", "echo a; echo b >&2");
        assertThat(file).hasContent("a\nb");
        ground.runToEnd("console", new Stdio("", "file://" + file, "", true), "echo", "c");
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> Files.readString(file).endsWith("c\r\n"));

        var logger = ground.directory().resolve("logger");
        var logged = ground.directory().resolve("logged");
        Files.writeString(logger, """
                #!/bin/sh
                exec >> "$2"
                echo "$CONTAINER_NAMESPACE $CONTAINER_ID $1"
                exec 5>&-
                sed s/^/out:/ <&3
                sed s/^/err:/ <&4
                echo end
                """);
        assertThat(logger.toFile().setExecutable(true)).isTrue();
        ground.runToEnd(
                "logged",
                new Stdio("", "binary://" + logger + "?to=" + logged, "binary://" + logger, false),
                "sh",
                "-c",
                "echo a; echo b >&2");
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> Files.readString(logged).endsWith("end\n"));
        assertThat(logged).hasContent("test logged to\nout:a\nerr:b\nend");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void what_needs_a_control_group_is_refused_without_one(String program) throws Exception {
        use(program);
        assertThatThrownBy(() -> ground.runtime()
                        .create(
                                NAMESPACE,
                                ground.limitedTask(
                                        "limited", NOTHING, "", "{\"memory\": {\"limit\": 1000000}}", "true")))
                .isInstanceOf(EngineException.FailedPrecondition.class)
                .hasMessage("limit linux.resources.memory.limit needs the cgroup controller memory: "
                        + "the container is to have no control group");
        ground.runtime()
                .create(
                        NAMESPACE,
                        ground.limitedTask("free", NOTHING, "", "{\"cpu\": {\"shares\": 1024}}", "sleep", "1000"));
        ground.runtime().start(init("free"));
        assertThatThrownBy(() -> ground.runtime().pause(NAMESPACE, "free"))
                .isInstanceOf(EngineException.FailedPrecondition.class)
                .hasMessage("pause container free: it has no control group of its own");
        assertThatThrownBy(() -> ground.runtime().metrics(NAMESPACE, "free"))
                .isInstanceOf(EngineException.FailedPrecondition.class);
        assertThatThrownBy(() -> ground.runtime()
                        .update(NAMESPACE, "free", new TypedBytes("", "{}".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(EngineException.FailedPrecondition.class);
        assertThatThrownBy(() -> ground.runtime().checkpoint(NAMESPACE, "free"))
                .isInstanceOf(EngineException.NotImplemented.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void everything_goes_on_without_us_and_is_found_again(String program) throws Exception {
        use(program);
        var in = ground.pipe("in");
        var screen = Reader.of(ground.pipe("screen"));
        var runtime = ground.runtime();
        runtime.create(
                NAMESPACE,
                ground.task(
                        "tty",
                        new Stdio(in.toString(), ground.directory() + "/screen", "", true),
                        "sh",
                        "-c",
                        "echo one; read x; echo two $x; exit 4"));
        runtime.start(init("tty"));
        screen.awaitText("one\r\n");
        runtime.create(NAMESPACE, ground.task("ends", NOTHING, "sh", "-c", "sleep 0.3; exit 5"));
        runtime.start(init("ends"));
        runtime.create(NAMESPACE, ground.task("stays", NOTHING, "sleep", "1000"));
        runtime.start(init("stays"));
        runtime.create(NAMESPACE, ground.task("waits", NOTHING, "true"));
        runtime.exec(new ProcessKey(NAMESPACE, "stays", "extra"), Ground.exec(false, "sleep", "1000"), NOTHING);
        runtime.start(new ProcessKey(NAMESPACE, "stays", "extra"));
        var pid = runtime.state(init("stays")).pid();
        ground.restart();
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> ground.exits.contains("ends/=5"));
        ground.restart();

        assertThat(ground.exits).containsExactly("ends/=5");
        assertThat(ground.runtime().await(init("ends")).status()).isEqualTo(5);
        assertThat(ground.runtime().state(init("stays")).pid()).isEqualTo(pid);
        assertThat(ground.runtime().state(init("stays")).status()).isEqualTo(TaskStatus.RUNNING);
        assertThat(ground.runtime().state(init("waits")).status()).isEqualTo(TaskStatus.CREATED);
        assertThat(ground.runtime()
                        .state(new ProcessKey(NAMESPACE, "stays", "extra"))
                        .status())
                .isEqualTo(TaskStatus.RUNNING);
        Files.writeString(in, "three\n", StandardOpenOption.WRITE);
        assertThat(ground.runtime().await(init("tty")).status()).isEqualTo(4);
        assertThat(screen.all()).isEqualTo("one\r\nthree\r\ntwo three\r\n");
        ground.runtime().start(init("waits"));
        assertThat(ground.runtime().await(init("waits")).status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void a_terminal_loses_no_byte_of_its_output_over_many_restarts(String program) throws Exception {
        use(program);
        var screen = Reader.of(ground.pipe("screen"));
        ground.runtime()
                .create(
                        NAMESPACE,
                        ground.task(
                                "lines",
                                new Stdio("", ground.directory() + "/screen", "", true),
                                "seq",
                                "1",
                                "300000"));
        ground.runtime().start(init("lines"));
        for (var i = 0; i < 5; i++) {
            screen.awaitText("\r\n" + (i + 1) * 10_000 + "\r\n");
            ground.restart();
        }
        assertThat(ground.runtime().await(init("lines")).status()).isZero();
        var lines = List.of(screen.all().split("\r\n"));
        assertThat(lines).hasSize(300_000);
        assertThat(lines.get(299_999)).isEqualTo("300000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void the_end_is_seen_though_conmon_was_killed(String program) throws Exception {
        use(program);
        ground.runtime().create(NAMESPACE, ground.task("orphan", NOTHING, "sleep", "1000"));
        ground.runtime().start(init("orphan"));
        var conmon =
                Files.readString(ground.bundle("orphan").resolve("conmon.pid")).strip();
        new ProcessBuilder("kill", "-9", conmon).start().waitFor();
        assertThat(ground.runtime().await(init("orphan"), Duration.ofMillis(200)))
                .isEmpty();

        ground.runtime().kill(init("orphan"), 9, false);

        assertThat(ground.runtime().await(init("orphan")).status()).isEqualTo(255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void the_container_gets_no_descriptor_of_ours(String program) throws Exception {
        use(program);
        var out = Reader.of(ground.pipe("out"));
        var screen = Reader.of(ground.pipe("screen"));
        ground.runToEnd("plain", new Stdio("", ground.directory() + "/out", "", false), "ls", "/proc/self/fd");
        ground.runToEnd("tty", new Stdio("", ground.directory() + "/screen", "", true), "ls", "/proc/self/fd");
        assertThat(out.all()).isEqualTo("0\n1\n2\n3\n");
        assertThat(screen.all().split("\\s+")).containsExactly("0", "1", "2", "3");
    }
}
