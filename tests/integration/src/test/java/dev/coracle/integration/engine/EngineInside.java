package dev.coracle.integration.engine;

import static dev.coracle.integration.engine.EngineGround.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.engine.containers.AttachOptions;
import dev.coracle.engine.containers.ContainerOptions;
import dev.coracle.engine.containers.ContainerState.Status;
import dev.coracle.engine.containers.Containers;
import dev.coracle.engine.containers.ExecOptions;
import dev.coracle.engine.containers.HealthOptions;
import dev.coracle.engine.containers.LifecycleOptions;
import dev.coracle.engine.containers.LimitOptions;
import dev.coracle.engine.containers.LogOptions;
import dev.coracle.engine.containers.LogQuery;
import dev.coracle.engine.containers.MountOption;
import dev.coracle.engine.containers.ProcessOptions;
import dev.coracle.engine.containers.RemoveOptions;
import dev.coracle.engine.containers.RestartPolicy;
import dev.coracle.engine.containers.StopOptions;
import dev.coracle.engine.containers.StorageOptions;
import dev.coracle.engine.volumes.Volume;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Signal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Started by [EngineTest] inside a user and mount namespace.
@Timeout(120)
class EngineInside {
    @SuppressWarnings("NullAway.Init") // JUnit calls the method below first
    private EngineGround ground;

    @BeforeEach
    void make() throws Exception {
        ground = EngineGround.make();
    }

    @AfterEach
    void leaves_nothing_behind() throws IOException {
        ground.close();
    }

    private Containers containers() {
        return ground.in().containers();
    }

    private static ConditionFactory soon(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(10));
    }

    private static ContainerOptions lasting(ContainerOptions options, LifecycleOptions lifecycle) {
        return options.with(lifecycle);
    }

    private static LifecycleOptions restart(String policy) {
        return new LifecycleOptions(RestartPolicy.parse(policy), false, false, "", Duration.ofSeconds(-1), "");
    }

    private static final StopOptions QUICKLY = new StopOptions("", Duration.ofMillis(100));
    private static final LifecycleOptions REMOVED =
            new LifecycleOptions(RestartPolicy.NO, true, false, "", Duration.ofSeconds(-1), "");

    private String log(String container) throws InterruptedException {
        return log(container, LogQuery.ALL);
    }

    private String log(String container, LogQuery query) throws InterruptedException {
        var bytes = new ByteArrayOutputStream();
        containers().logs(container, query, line -> bytes.write(line.bytes()));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_run_says_what_it_wrote_and_how_it_ended() throws Exception {
        var output = ground.run(options("one", "sh", "-c", "echo out; echo err >&2; exit 42"));
        assertThat(output).isEqualTo(new EngineGround.Output("out\n", "err\n", 42));
        assertThat(containers().await("one", Containers.WaitFor.NOT_RUNNING)).isEqualTo(42);
        var view = containers().get("one");
        assertThat(view.state().status()).isEqualTo(Status.EXITED);
        assertThat(view.state().exitCode()).isEqualTo(42);
        assertThat(view.image()).isEqualTo("busybox");
        assertThat(log("one")).isEqualTo("out\nerr\n");
        containers().start("one");
        containers().await("one", Containers.WaitFor.NOT_RUNNING);
        assertThat(log("one")).isEqualTo("out\nerr\nout\nerr\n");
        assertThat(log("one", new LogQuery(java.time.Instant.MIN, java.time.Instant.MAX, 1, false)))
                .isEqualTo("err\n");
    }

    @Test
    void input_reaches_the_process_and_its_end_too() throws Exception {
        var process = new ProcessOptions(
                new ProcessOptions.Entrypoint.Inherited(),
                List.of("cat"),
                List.of(),
                "",
                List.of(),
                "",
                false,
                true,
                true,
                "");
        var output = ground.run(
                options("cat").with(process), new ByteArrayInputStream("hello\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(output).isEqualTo(new EngineGround.Output("hello\n", "", 0));
    }

    @Test
    void a_container_that_removes_itself_is_gone() throws Exception {
        var id = ground.create(lasting(options("gone", "true"), REMOVED));
        containers().start(id);
        soon("its end").until(() -> containers().list().isEmpty());
        assertThatThrownBy(() -> containers().get("gone")).isInstanceOf(NotFound.class);
    }

    @Test
    void a_missing_command_is_not_found_and_leaves_the_container_created() throws Exception {
        var id = ground.create(options("missing", "no-such-program"));
        assertThatThrownBy(() -> containers().start(id)).isInstanceOf(NotFound.class);
        assertThat(containers().get(id).state().exitCode()).isEqualTo(127);
        assertThat(containers().get(id).state().status()).isEqualTo(Status.CREATED);
    }

    @Test
    void names_are_claimed_and_beginnings_of_ids_are_enough() {
        var id = ground.create(options("taken", "true"));
        assertThatThrownBy(() -> ground.create(options("taken", "true")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("the container name \"/taken\" is already in use by container \"" + id + "\"");
        assertThat(containers().get(id.substring(0, 12)).name()).isEqualTo("taken");
        containers().rename("taken", "other");
        assertThat(containers().get("other").id()).isEqualTo(id);
        ground.create(options("taken", "true"));
    }

    @Test
    void stop_asks_first_and_kills_then() throws Exception {
        var polite = ground.create(
                options("polite", "sh", "-c", "trap 'exit 5' TERM; echo ready; while true; do sleep 0.05; done"));
        var deaf = ground.create(options("deaf", "sh", "-c", "trap '' TERM; echo ready; while true; do sleep 1; done"));
        for (var id : List.of(polite, deaf)) {
            containers().start(id);
            soon("the trap of " + id).until(() -> log(id).contains("ready"));
        }
        containers().stop(polite, StopOptions.DEFAULT);
        assertThat(containers().get(polite).state().exitCode()).isEqualTo(5);
        containers().stop(deaf, new StopOptions("", Duration.ofMillis(200)));
        assertThat(containers().get(deaf).state().exitCode()).isEqualTo(137);
    }

    @Test
    void several_are_attached_to_a_detached_container_with_replay() throws Exception {
        var id = ground.create(options("busy", "sh", "-c", "echo first; sleep 1; echo last; exit 3"));
        containers().start(id);
        soon("its first line").until(() -> log(id).contains("first"));
        var heard = EngineGround.heard(
                streams -> containers().attach(id, new AttachOptions(streams, false, true, true, true, "", 0, 0)),
                InputStream.nullInputStream());
        assertThat(heard).isEqualTo(new EngineGround.Output("first\nlast\n", "", 3));
    }

    @Test
    void exec_runs_beside_with_its_own_status_user_and_directory() throws Exception {
        var id = ground.create(options("host", "sleep", "1000"));
        containers().start(id);
        var options = new ExecOptions(
                List.of("sh", "-c", "id -u; id -g; pwd; echo $X; exit 9"),
                List.of("X=set"),
                "sailor",
                "/tmp",
                false,
                false,
                false);
        var heard = EngineGround.heard(
                streams -> containers().exec(id, options, AttachOptions.output(streams)),
                InputStream.nullInputStream());
        assertThat(heard).isEqualTo(new EngineGround.Output("100\n200\n/tmp\nset\n", "", 9));
        soon("it to be forgotten").until(() -> containers().get(id).execIds().isEmpty());
    }

    @Test
    void restart_follows_a_kill_at_once_and_an_explicit_stop_is_honoured() throws Exception {
        var id = ground.create(lasting(options("always", "sleep", "1000"), restart("always")));
        containers().start(id);
        var first = containers().get(id).state().pid();
        try (var process = PidFd.open(first)) {
            process.send(Signal.KILL);
        }
        soon("another process").until(() -> {
            var pid = containers().get(id).state().pid();
            return pid != 0 && pid != first;
        });
        assertThat(containers().get(id).restarts()).isEqualTo(1);
        containers().stop(id, QUICKLY);
        assertThat(containers().get(id).state().status()).isEqualTo(Status.EXITED);
        ground.restart();
        soon("always to begin again with the daemon")
                .until(() -> containers().get(id).state().status() == Status.RUNNING);
    }

    @Test
    void on_failure_counts_and_gives_up() throws Exception {
        var id = ground.create(lasting(options("fails", "false"), restart("on-failure:2")));
        containers().start(id);
        soon("two more attempts").until(() -> {
            var view = containers().get(id);
            return view.restarts() == 2 && view.state().status() == Status.EXITED;
        });
        assertThat(containers().get(id).state().exitCode()).isEqualTo(1);
    }

    @Test
    void containers_go_on_without_the_daemon_and_ends_that_nobody_saw_are_known() throws Exception {
        var stays = ground.create(options("stays", "sleep", "1000"));
        var ends = ground.create(options("ends", "sh", "-c", "read x; exit 7")
                .with(new ProcessOptions(
                        new ProcessOptions.Entrypoint.Inherited(),
                        List.of("sh", "-c", "sleep 0.3; exit 7"),
                        List.of(),
                        "",
                        List.of(),
                        "",
                        false,
                        false,
                        false,
                        "")));
        var unless = ground.create(lasting(options("unless", "sleep", "1000"), restart("unless-stopped")));
        for (var id : List.of(stays, ends, unless)) {
            containers().start(id);
        }
        containers().stop(unless, QUICKLY);
        ground.restart();
        assertThat(containers().get(stays).state().status()).isEqualTo(Status.RUNNING);
        soon("the end").until(() -> containers().get(ends).state().status() == Status.EXITED);
        assertThat(containers().get(ends).state().exitCode()).isEqualTo(7);
        assertThat(containers().get(unless).state().status()).isEqualTo(Status.EXITED);
        containers().stop(stays, new StopOptions("KILL", Duration.ZERO));
        assertThat(containers().get(stays).state().exitCode()).isEqualTo(137);
    }

    @Test
    void volumes_get_what_the_image_has_and_outlive_containers() throws Exception {
        var named = new MountOption.Named("keep", "/data", false, true, List.of());
        var anonymous = new MountOption.Named("", "/extra", false, true, List.of());
        var options = options("writer", "sh", "-c", "cat /data/from-image; echo more > /data/more; touch /extra/x")
                .with(new StorageOptions(List.of(named, anonymous), List.of(), false, 0));
        assertThat(ground.run(options).out()).isEqualTo("from the image\n");
        assertThat(ground.in().volumes().list()).hasSize(2);
        assertThatThrownBy(() -> ground.in().volumes().remove("keep"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("writer");
        containers().remove("writer", new RemoveOptions(false, true));
        assertThat(ground.in().volumes().list()).extracting(Volume::name).containsExactly("keep");
        var reader =
                options("reader", "cat", "/data/more").with(new StorageOptions(List.of(named), List.of(), false, 0));
        assertThat(ground.run(reader).out()).isEqualTo("more\n");
    }

    @Test
    void binds_tmpfs_and_a_read_only_root_are_what_they_say() throws Exception {
        var source = Files.createDirectory(ground.directory().resolve("source"));
        Files.writeString(source.resolve("file"), "bound\n");
        var options = options(
                        "mounts",
                        "sh",
                        "-c",
                        "cat /bound/file; touch /bound/x || echo ro; touch /tmp/y && echo rw; touch /z || echo root ro;"
                                + " grep ' /tmp ' /proc/mounts")
                .with(new StorageOptions(
                        List.of(
                                new MountOption.Bind(source, "/bound", true, false, List.of()),
                                new MountOption.Tmpfs("/tmp", List.of("size=1m"))),
                        List.of(),
                        true,
                        0));
        var output = ground.run(options);
        assertThat(output.out()).contains("bound\n", "ro\n", "rw\n", "root ro\n", "size=1024k");
        assertThatThrownBy(() -> ground.create(options("none", "true")
                        .with(new StorageOptions(
                                List.of(new MountOption.Bind(source.resolve("missing"), "/x", false, false, List.of())),
                                List.of(),
                                false,
                                0))))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("bind source path does not exist");
    }

    @Test
    void the_filter_of_system_calls_is_in_force_and_users_have_their_groups() throws Exception {
        var output = ground.run(options(
                "safe",
                "sh",
                "-c",
                "grep Seccomp: /proc/self/status; grep CapEff /proc/self/status; id; mount -t tmpfs x /tmp"));
        assertThat(output.out()).contains("Seccomp:\t2", "CapEff:\t00000000a80425fb", "groups=0(root),10(wheel)");
        assertThat(output.status()).isNotZero();
    }

    @Test
    void a_limit_that_nothing_would_enforce_is_refused() {
        var limits = new LimitOptions(64L << 20, 0, 0, 0, 0, 0, 0, "", "", 0, 0, List.of(), Map.of(), "");
        assertThatThrownBy(() -> ground.create(options("limited", "true").with(limits)))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("memory");
    }

    @Test
    void files_are_copied_into_and_out_of_containers_running_or_not() throws Exception {
        var id = ground.create(options("files", "sleep", "1000"));
        for (var isRunning : List.of(false, true)) {
            if (isRunning) {
                containers().start(id);
            }
            var archive = new ByteArrayOutputStream();
            var stat = containers().copyFrom(id, "/data", false, archive);
            assertThat(stat.directory()).isTrue();
            containers().copyTo(id, "/tmp", new ByteArrayInputStream(archive.toByteArray()), false);
            assertThat(containers().stat(id, "/tmp/data/from-image").size()).isEqualTo(15);
            assertThatThrownBy(() -> containers().stat(id, "/no/such")).isInstanceOf(NotFound.class);
        }
        assertThat(containers().diff(id))
                .extracting(change -> change.kind() + " " + change.path())
                .contains("C /tmp", "A /tmp/data", "A /tmp/data/from-image");
        var whole = new ByteArrayOutputStream();
        containers().export(id, whole);
        assertThat(whole.size()).isGreaterThan(100_000);
        assertThat(containers().top(id, List.of()).processes()).hasSize(1);
        assertThat(containers().stats(id).pids()).isEqualTo(1);
    }

    @Test
    void health_is_looked_after() throws Exception {
        var health = new HealthOptions(
                false,
                List.of("CMD-SHELL", "test ! -e /tmp/sick"),
                Duration.ofMillis(50),
                Duration.ofSeconds(20),
                Duration.ZERO,
                Duration.ZERO,
                2);
        var id = ground.create(options("checked", "sleep", "1000").with(health));
        containers().start(id);
        soon("it to be healthy")
                .until(() -> containers().get(id).state().health().status().equals("healthy"));
        containers().exec(id, new ExecOptions(List.of("touch", "/tmp/sick"), List.of(), "", "", false, false, false));
        soon("it to be unhealthy")
                .until(() -> containers().get(id).state().health().status().equals("unhealthy"));
        assertThat(containers().get(id).state().health().log()).isNotEmpty();
    }

    @Test
    void a_log_is_turned_and_nothing_is_lost_on_the_way() throws Exception {
        var log = new LogOptions("json-file", Map.of("max-size", "20k", "max-file", "3"));
        var id = ground.create(options(
                        "chatty",
                        "sh",
                        "-c",
                        "i=0; while [ $i -lt 6 ]; do seq 1 300; i=$((i+1)); sleep 1; done; echo end")
                .with(log));
        containers().start(id);
        var followed = log(id, new LogQuery(java.time.Instant.MIN, java.time.Instant.MAX, -1, true));
        assertThat(followed).endsWith("end\n");
        assertThat(followed.lines().filter(line -> line.equals("300"))).hasSize(6);
        assertThat(java.nio.file.Path.of(containers().get(id).files().log() + ".1"))
                .exists();
    }

    @Test
    void events_are_told_as_docker_words_them() throws Exception {
        ground.run(options("told", "true"));
        containers().await("told", Containers.WaitFor.NOT_RUNNING);
        soon("its end").until(() -> actions().contains("die"));
        assertThat(actions()).containsSubsequence("create", "start", "die");
    }

    private List<String> actions() {
        return ground.in().system().events().past(java.time.Instant.EPOCH, java.time.Instant.MAX).stream()
                .map(event -> event.action())
                .toList();
    }
}
