package dev.coracle.integration.runtime;

import static dev.coracle.integration.runtime.Ground.NAMESPACE;
import static dev.coracle.integration.runtime.Ground.init;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskConnection;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Logs that conmon keeps, and clients that are attached. Started by [RuntimeTest] inside a user and mount namespace.
@Timeout(120)
class AttachInside {
    @SuppressWarnings("NullAway.Init") // JUnit calls the method below first
    private Ground ground;

    @BeforeEach
    void make() throws IOException {
        ground = Ground.make("crun");
    }

    @AfterEach
    void leaves_nothing_behind() throws IOException {
        ground.close();
    }

    private Stdio kept(String stdin, boolean terminal) {
        return new Stdio(stdin, "log://" + ground.directory() + "/kept.log", "", terminal);
    }

    private String log() throws IOException {
        return Files.readString(ground.directory().resolve("kept.log"));
    }

    private Listener run(String id, Stdio stdio, String... command) throws InterruptedException {
        var listener = new Listener();
        ground.runtime().create(NAMESPACE, ground.task(id, stdio, command));
        ground.runtime().start(init(id), listener);
        listener.awaitEnd();
        return listener;
    }

    private static void say(TaskConnection connection, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        connection.write(bytes, 0, bytes.length);
    }

    @Test
    void who_is_attached_before_the_start_hears_both_streams_and_the_log_has_them_too() throws Exception {
        var heard = run("both", kept("", false), "sh", "-c", "echo to out; echo to err >&2; printf 'no end'; exit 7");
        assertThat(heard.out()).isEqualTo("to out\nno end");
        assertThat(heard.err()).isEqualTo("to err\n");
        assertThat(ground.runtime().await(init("both")).status()).isEqualTo(7);
        assertThat(log().lines().map(line -> line.substring(line.indexOf(' ') + 1)))
                .contains("stdout F to out", "stderr F to err", "stdout P no end");
    }

    @Test
    void many_lines_arrive_in_order_and_without_a_gap() throws Exception {
        var heard = run("many", kept("", false), "seq", "1", "200000");
        var expected = new StringBuilder();
        for (var i = 1; i <= 200_000; i++) {
            expected.append(i).append('\n');
        }
        assertThat(heard.out().equals(expected.toString())).isTrue();
    }

    @Test
    void input_comes_from_whoever_is_attached_and_ends_with_the_first() throws Exception {
        var heard = new Listener();
        ground.runtime().create(NAMESPACE, ground.task("in", kept("attach://once", false), "cat"));
        var connection = ground.runtime().start(init("in"), heard);
        say(connection, "hello\n");
        heard.awaitOut("hello");
        say(connection, "x".repeat(100_000) + "\n");
        connection.closeInput();
        heard.awaitEnd();
        assertThat(heard.out()).isEqualTo("hello\n" + "x".repeat(100_000) + "\n");
        assertThat(ground.runtime().await(init("in")).status()).isZero();
    }

    @Test
    void several_are_attached_and_open_input_outlives_them() throws Exception {
        var one = new Listener();
        var other = new Listener();
        ground.runtime().create(NAMESPACE, ground.task("two", kept("attach://", false), "cat"));
        var first = ground.runtime().start(init("two"), one);
        var second = ground.runtime().attach(init("two"), other);
        say(first, "from one\n");
        one.awaitOut("from one");
        other.awaitOut("from one");
        first.closeInput();
        first.close();
        say(second, "from the other\n");
        other.awaitOut("from the other");
        ground.restart();
        var third = new Listener();
        say(ground.runtime().attach(init("two"), third), "after the daemon\n");
        third.awaitOut("after the daemon");
        assertThat(log()).contains("from one", "from the other", "after the daemon");
        ground.runtime().kill(init("two"), 9, true);
        third.awaitEnd();
        assertThat(ground.runtime().await(init("two")).status()).isEqualTo(137);
        assertThatThrownBy(() -> ground.runtime().attach(init("two"), third)).isInstanceOf(NotFound.class);
    }

    @Test
    void a_terminal_can_be_attached_to() throws Exception {
        var heard = new Listener();
        ground.runtime()
                .create(
                        NAMESPACE,
                        ground.task("tty", kept("attach://", true), "sh", "-c", "stty size; read x; echo =$x="));
        ground.runtime().resize(init("tty"), 91, 33);
        var connection = ground.runtime().start(init("tty"), heard);
        heard.awaitOut("33 91");
        say(connection, "typed\r");
        heard.awaitEnd();
        assertThat(heard.out()).contains("=typed=\r\n");
    }

    @Test
    void an_added_process_is_heard_from_its_first_byte() throws Exception {
        ground.runtime().create(NAMESPACE, ground.task("main", new Stdio("", "attach://", "", false), "sleep", "1000"));
        ground.runtime().start(init("main"));
        for (var i = 0; i < 5; i++) {
            var key = new ProcessKey(NAMESPACE, "main", "added" + i);
            var heard = new Listener();
            ground.runtime()
                    .exec(
                            key,
                            Ground.exec(false, "sh", "-c", "echo first; cat; echo last >&2; exit 3"),
                            new Stdio("attach://once", "attach://", "", false));
            var connection = ground.runtime().start(key, heard);
            say(connection, "middle\n");
            connection.closeInput();
            heard.awaitEnd();
            assertThat(heard.out()).isEqualTo("first\nmiddle\n");
            assertThat(heard.err()).isEqualTo("last\n");
            assertThat(ground.runtime().await(key).status()).isEqualTo(3);
            ground.runtime().delete(key);
        }
    }

    @Test
    void a_log_goes_on_in_a_new_file_when_the_old_one_was_renamed() throws Exception {
        ground.runtime()
                .create(
                        NAMESPACE,
                        ground.task(
                                "turn",
                                kept("attach://once", false),
                                "sh",
                                "-c",
                                "echo old; read x; echo new; read y"));
        var heard = new Listener();
        var connection = ground.runtime().start(init("turn"), heard);
        heard.awaitOut("old");
        Files.move(ground.directory().resolve("kept.log"), ground.directory().resolve("kept.log.1"));
        ground.runtime().reopenLog(init("turn"));
        org.awaitility.Awaitility.await()
                .until(() -> Files.exists(ground.directory().resolve("kept.log")));
        say(connection, "go\n");
        heard.awaitOut("new");
        say(connection, "go\n");
        heard.awaitEnd();
        assertThat(Files.readString(ground.directory().resolve("kept.log.1")))
                .contains("old")
                .doesNotContain("new");
        assertThat(log()).contains("new").doesNotContain("old");
    }

    @Test
    void a_process_that_has_its_clients_pipes_cannot_be_attached_to() {
        ground.runtime().create(NAMESPACE, ground.task("own", new Stdio("", "", "", false), "true"));
        assertThatThrownBy(() -> ground.runtime().start(init("own"), new Listener()))
                .isInstanceOf(FailedPrecondition.class);
    }
}
