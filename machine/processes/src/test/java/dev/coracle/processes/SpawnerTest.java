package dev.coracle.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.PosixSpawn;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SpawnRequest;
import dev.coracle.linux.WaitStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnerTest {
    private static final Path SH = Path.of("/bin/sh");
    private static final Duration LONG = Duration.ofSeconds(20);

    private Spawner spawner;

    @BeforeEach
    void open() throws Exception {
        spawner = Spawner.open();
    }

    @AfterEach
    void close() {
        spawner.close();
    }

    private static Command sh(String script) {
        return Command.of(SH, "-c", script);
    }

    @Test
    void what_a_program_writes_is_returned() throws Exception {
        var ended = spawner.run(sh("echo out; echo err >&2"), LONG);
        assertThat(ended.status()).isEqualTo(new WaitStatus.Exited(0));
        assertThat(ended.output()).isEqualTo("out\n");
        assertThat(ended.errorTail()).isEqualTo("err\n");
    }

    @Test
    void an_exit_status_is_not_mistaken_for_a_signal() throws Exception {
        assertThat(spawner.run(sh("exit 137"), LONG).status()).isEqualTo(new WaitStatus.Exited(137));
        assertThat(spawner.run(sh("kill -KILL $$"), LONG).status())
                .isEqualTo(new WaitStatus.Signaled(Signal.KILL, false));
    }

    @Test
    void a_child_that_was_there_before_is_waited_for_like_others() throws Exception {
        var request = new SpawnRequest(
                SH, List.of("sh", "-c", "exit 9"), Map.of(), Path.of("/"), new TreeMap<Integer, Fd>(), false);
        var running = spawner.adopt(sh("exit 9"), PosixSpawn.spawn(request));
        assertThat(running.waitFor(LONG)).contains(new WaitStatus.Exited(9));
    }

    @Test
    void only_the_last_of_standard_error_is_kept() throws Exception {
        var ended = spawner.run(sh("i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done"), LONG);
        assertThat(ended.errorTail()).hasSize(8192).endsWith("line 4999\n");
    }

    @Test
    void a_program_that_takes_too_long_is_ended() {
        assertThatThrownBy(() -> spawner.run(sh("exec sleep 60"), Duration.ofMillis(50)))
                .isInstanceOf(ToolFailedException.class)
                .hasMessage("/bin/sh: still running after 50 ms");
    }

    @Test
    void a_missing_program_is_named() {
        assertThatThrownBy(() -> spawner.run(Command.of(Path.of("/nonexistent/tool")), LONG))
                .isInstanceOfSatisfying(
                        ErrnoException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOENT))
                .hasMessage("exec /nonexistent/tool: no such file or directory");
    }

    @Test
    void secrets_are_struck_out_of_messages() throws Exception {
        var command =
                Command.of(SH, "-c", "echo no >&2; exit 3", "token=hunter2").hiding("hunter2");
        var ended = spawner.run(command, LONG);
        assertThatThrownBy(ended::orFail)
                .hasMessage("/bin/sh: exit status 3: no")
                .isInstanceOfSatisfying(
                        ToolFailedException.class,
                        failure -> assertThat(failure.words())
                                .contains("token=***")
                                .noneMatch(word -> word.contains("hunter2")));
    }

    @Test
    void the_child_gets_exactly_the_descriptors_named_even_when_numbers_cross() throws Exception {
        try (var one = Pipe.open();
                var two = Pipe.open()) {
            // each child number is the number of another source of ours
            var command = sh("echo one >/proc/self/fd/" + two.writer().number() + "; echo two >/proc/self/fd/"
                            + one.writer().number() + "; ls /proc/$$/fd")
                    .with(two.writer().number(), one.writer())
                    .with(one.writer().number(), two.writer());
            var ended = spawner.run(command, LONG);
            one.writer().close();
            two.writer().close();
            assertThat(new String(one.reader().input().readAllBytes(), UTF_8)).isEqualTo("one\n");
            assertThat(new String(two.reader().input().readAllBytes(), UTF_8)).isEqualTo("two\n");
            assertThat(ended.output().lines().map(Integer::parseInt)).hasSize(5).contains(0, 1, 2);
        }
    }

    @Test
    void environment_and_directory_are_exact(@TempDir Path directory) throws Exception {
        var ended = spawner.run(
                Command.of(Path.of("/usr/bin/env"))
                        .environment(java.util.Map.of("A", "b c"))
                        .in(directory),
                LONG);
        assertThat(ended.output()).isEqualTo("A=b c\n");
        assertThat(spawner.run(Command.of(Path.of("/bin/pwd")).in(directory), LONG)
                        .output()
                        .strip())
                .isEqualTo(directory.toRealPath().toString());
    }

    @Test
    void standard_input_is_empty_unless_given() throws Exception {
        assertThat(spawner.run(Command.of(Path.of("/bin/cat")), LONG).output()).isEmpty();
    }

    @Test
    void nothing_is_blocked_or_ignored_in_the_child() throws Exception {
        var status = spawner.run(Command.of(Path.of("/bin/grep"), "Sig[BI]", "/proc/self/status"), LONG);
        assertThat(status.output().lines()).allMatch(line -> line.endsWith("0000000000000000"));
    }

    @Test
    void a_running_program_can_be_waited_for_by_virtual_threads() throws Exception {
        try (var running = spawner.start(sh("exec sleep 60"))) {
            var seen = new java.util.concurrent.CompletableFuture<WaitStatus>();
            Thread.startVirtualThread(() -> {
                try {
                    seen.complete(running.waitFor());
                } catch (InterruptedException failure) {
                    seen.completeExceptionally(failure);
                }
            });
            assertThat(running.isRunning()).isTrue();
            running.send(Signal.TERM);
            assertThat(seen.get()).isEqualTo(new WaitStatus.Signaled(Signal.TERM, false));
            assertThat(running.send(Signal.TERM)).isFalse();
        }
    }

    @Test
    void closing_kills_what_ignores_being_asked() throws Exception {
        var running = spawner.start(sh("trap '' TERM; echo deaf >&2; while :; do sleep 1; done"));
        await().until(() -> running.errorTail().contains("deaf"));
        assertThat(running.end(Duration.ofMillis(200))).isEqualTo(new WaitStatus.Signaled(Signal.KILL, false));
        running.close();
    }

    @Test
    void a_child_that_dies_with_us_carries_the_signal() throws Exception {
        var command = Command.of(SH, "-c", "exec setpriv --dump").fate(Command.Fate.DIES_WITH_US);
        assertThat(spawner.run(command, LONG).output()).contains("Parent death signal: KILL");
    }

    @Test
    void a_process_is_found_again_by_pid_and_start() throws Exception {
        try (var running = spawner.start(sh("exec sleep 60"))) {
            var ticks = PidFd.startTicks(running.pid()).orElseThrow();
            PidFd.find(running.pid(), ticks).orElseThrow().close();
            assertThat(PidFd.find(running.pid(), ticks + 1)).isEmpty();
        }
    }

    @Test
    void readiness_is_raced_against_the_end() throws Exception {
        try (var pipe = Pipe.open()) {
            var ready = spawner.start(sh("echo 1 >&3; exec sleep 60").with(3, pipe.writer()));
            assertThat(Readiness.byPipe(ready, pipe.reader(), 1, LONG)).containsExactly('1');
            ready.close();
        }
        try (var pipe = Pipe.open()) {
            var dying = spawner.start(sh("echo sorry >&2; exit 4").with(3, pipe.writer()));
            pipe.writer().close();
            assertThatThrownBy(() -> Readiness.byPipe(dying, pipe.reader(), 1, LONG))
                    .hasMessage("/bin/sh: ended before it was ready (exit status 4): sorry");
        }
        var dying = spawner.start(sh("exit 4"));
        assertThatThrownBy(() -> Readiness.byFile(dying, Path.of("/nonexistent/socket"), LONG))
                .hasMessageContaining("ended before it was ready (exit status 4)");
        assertThat(Files.exists(Path.of("/proc/" + dying.pid()))).isFalse();
    }

    @Test
    void a_jvm_started_with_the_end_of_children_ignored_collects_them_too() throws Exception {
        var command = Command.of(
                Path.of("/usr/bin/env"),
                "--ignore-signal=CHLD",
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Waiting.class.getName());
        assertThat(spawner.run(command, LONG).status()).isEqualTo(new WaitStatus.Exited(7));
    }

    /// Exits with the status of its child.
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] arguments) throws Exception {
            try (var spawner = Spawner.open()) {
                System.exit(spawner.run(sh("exit 7"), LONG).status().shellStatus());
            }
        }
    }
}
