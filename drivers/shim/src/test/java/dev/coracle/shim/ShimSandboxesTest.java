package dev.coracle.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.Code;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.containerd.api.shim.sandbox.CreateSandboxRequest;
import dev.coracle.core.containers.Container.RuntimeRef;
import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Sandboxes, and tasks in them, with a program that is started and a shim that is played here.
@Timeout(60)
class ShimSandboxesTest {
    private static final TypedBytes SPEC =
            new TypedBytes(TypedBytes.RUNTIME_SPEC, "{\"linux\":{}}".getBytes(StandardCharsets.UTF_8));
    private static final Duration SOON = Duration.ofSeconds(50);
    private static final ProcessKey TASK = ProcessKey.init("ns", "c");

    /// Notes the topics.
    private static final class Topics implements EventExchange {
        private final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void publish(String namespace, Event event) {
            heard.add(event.topic());
        }

        @Override
        public void forward(Envelope envelope) {
            heard.add(envelope.event().topic());
        }

        @Override
        public Subscription subscribe(Predicate<Envelope> wanted, Consumer<Envelope> listener) {
            return () -> {};
        }
    }

    private static final Mounter NO_MOUNTS = new Mounter() {
        @Override
        public void mount(List<Mount> mounts, Path root) {}

        @Override
        public void unmount(Path root) {}
    };

    private final Topics topics = new Topics();

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Spawner spawner;

    @SuppressWarnings("NullAway.Init")
    private ToyShim shim;

    @SuppressWarnings("NullAway.Init")
    private ShimRuntime runtime;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createTempDirectory("sb"); // the socket's path must be short
        spawner = Spawner.open();
        shim = new ToyShim(folder.resolve("s"));
        runtime = daemon();
        ToyShim.program(folder, 3);
    }

    @AfterEach
    void close() throws Exception {
        runtime.close();
        shim.close();
        spawner.close();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private ShimRuntime daemon() {
        var settings = new ShimSettings(
                folder.resolve("root"),
                folder.resolve("state"),
                Path.of("/c.sock"),
                Path.of("/c.sock.ttrpc"),
                Path.of("/containerd"),
                List.of(),
                Map.of("PATH", "/usr/bin:/bin"),
                false,
                "v2");
        return new ShimRuntime(
                settings,
                spawner,
                NO_MOUNTS,
                topics,
                InstantSource.system(),
                (namespace, sandbox) -> namespace.equals("ns") && !sandbox.equals("unknown"));
    }

    /// What the next daemon finds.
    private ShimSandboxes restart() {
        runtime.close();
        runtime = daemon();
        runtime.recover((_, _) -> {});
        return runtime.sandboxes();
    }

    private void create(String program, String id) {
        runtime.sandboxes()
                .create(
                        "ns",
                        new RuntimeRef(program, TypedBytes.NONE),
                        SPEC,
                        CreateSandboxRequest.newBuilder().setSandboxId(id).build());
    }

    private void create() {
        create(folder.resolve("shim").toString(), "s");
    }

    private Path bundle() {
        return folder.resolve("state/io.containerd.sandbox.controller.v1.shim/ns/s");
    }

    private List<String> commands() throws IOException {
        return Files.readAllLines(folder.resolve("commands"));
    }

    private void nothingIsLeft() {
        assertThat(bundle()).doesNotExist();
        assertThat(folder.resolve("root/io.containerd.sandbox.controller.v1.shim/ns/s"))
                .doesNotExist();
        assertThat(runtime.sandboxes().status("ns", "s", false)).isEmpty();
    }

    @Test
    void a_sandbox_lives_until_it_is_shut_down() throws Exception {
        create();
        assertThat(bundle().resolve("config.json")).hasBinaryContent(SPEC.value());
        assertThatThrownBy(this::create).isInstanceOf(AlreadyExists.class).hasMessage("sandbox s already running");
        var sandboxes = runtime.sandboxes();
        assertThat(sandboxes.start("ns", "s").getPid()).isZero();
        sandboxes.stop("ns", "s", 1);
        assertThat(sandboxes.status("ns", "s", false)).isPresent();
        assertThat(sandboxes.status("other", "s", false)).isEmpty();
        assertThat(sandboxes.metrics("ns", "s").hasMetrics()).isFalse();
        sandboxes.shutdown("ns", "s");

        assertThat(shim.asked())
                .containsExactly(
                        "CreateSandbox",
                        "StartSandbox",
                        "StopSandbox",
                        "SandboxStatus",
                        "SandboxMetrics",
                        "ShutdownSandbox");
        assertThat(commands()).containsExactly("start", "delete");
        assertThat(topics.heard).containsExactly("/tasks/exit", "/tasks/delete");
        nothingIsLeft();
        assertThatThrownBy(() -> sandboxes.shutdown("ns", "s")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> sandboxes.await("ns", "s")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> sandboxes.start("ns", "s")).isInstanceOf(Unknown.class);
        sandboxes.stop("ns", "s", 0);
    }

    @Test
    void a_shim_that_refuses_to_shut_down_is_kept() {
        create();
        shim.refuse("ShutdownSandbox", Code.FAILED_PRECONDITION);
        assertThatThrownBy(() -> runtime.sandboxes().shutdown("ns", "s"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessage("failed to shutdown sandbox: not today");
        assertThat(runtime.sandboxes().status("ns", "s", false)).isPresent();
        shim.refuse("ShutdownSandbox", Code.OK);
        runtime.sandboxes().shutdown("ns", "s");
        nothingIsLeft();
    }

    @Test
    void a_shim_without_the_sandbox_api_is_ended_again() throws Exception {
        shim.refuse("CreateSandbox", Code.UNIMPLEMENTED);
        shim.refuse("ShutdownSandbox", Code.UNIMPLEMENTED);
        assertThatThrownBy(this::create)
                .isInstanceOf(NotImplemented.class)
                .hasMessage("failed to create sandbox s: not today");
        assertThat(shim.asked()).containsExactly("CreateSandbox", "ShutdownSandbox", "Shutdown");
        assertThat(commands()).containsExactly("start", "delete");
        assertThat(topics.heard).isEmpty();
        nothingIsLeft();
    }

    @Test
    void a_sandbox_that_cannot_be_started_is_gone() {
        create();
        shim.refuse("StartSandbox", Code.FAILED_PRECONDITION);
        assertThatThrownBy(() -> runtime.sandboxes().start("ns", "s"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessage("failed to start sandbox s: not today");
        nothingIsLeft();
    }

    @Test
    void a_program_that_is_not_there_or_answers_nonsense_leaves_nothing() throws Exception {
        assertThatThrownBy(() -> create("/nowhere/shim", "s"))
                .isInstanceOf(Unknown.class)
                .hasMessageStartingWith("failed to start new shim for sandbox s: ");
        Files.writeString(folder.resolve("shim"), "#!/bin/sh\necho nonsense\n");
        assertThatThrownBy(this::create)
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageStartingWith("failed to start new shim for sandbox s: ");
        assertThatThrownBy(() -> create("/x", "../s")).isInstanceOf(InvalidArgument.class);
        nothingIsLeft();
    }

    @Test
    void the_next_daemon_finds_a_sandbox_again() {
        create();
        var sandboxes = restart();
        assertThat(shim.asked()).containsExactly("CreateSandbox", "PingSandbox");
        assertThat(sandboxes.status("ns", "s", false)).isPresent();
        shim.refuse("PingSandbox", Code.UNIMPLEMENTED);
        assertThat(restart().status("ns", "s", false)).isPresent();
    }

    @Test
    void the_next_daemon_ends_a_sandbox_that_nobody_has_heard_of() throws Exception {
        create();
        Files.delete(bundle().resolve("complete"));
        restart();
        assertThat(shim.asked()).endsWith("ShutdownSandbox", "Shutdown");
        assertThat(commands()).containsExactly("start", "delete");
        assertThat(topics.heard).isEmpty();
        nothingIsLeft();
    }

    @Test
    void a_sandbox_ends_with_its_shim() throws Exception {
        create();
        shim.die();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(topics.heard).containsExactly("/tasks/exit", "/tasks/delete"));
        assertThat(commands()).containsExactly("start", "delete");
        nothingIsLeft();
    }

    @Test
    void a_shim_that_died_before_the_next_daemon_is_cleaned_up_after() throws Exception {
        create();
        runtime.close();
        shim.die();
        restart();
        // a connection may still be made to a socket that is being closed; its end is heard of later
        await().atMost(SOON).untilAsserted(this::nothingIsLeft);
        assertThat(commands()).containsExactly("start", "delete");
    }

    private void task(String sandbox) {
        var _ = runtime.create(
                "ns",
                new CreateTask(
                        "c",
                        folder.resolve("shim").toString(),
                        SPEC,
                        TypedBytes.NONE,
                        List.of(),
                        new Stdio("", "", "", false),
                        sandbox));
    }

    @Test
    void a_task_is_made_in_the_shim_of_its_sandbox_and_leaves_it_alone() throws Exception {
        create();
        assertThat(runtime.takes("ns", "s")).isTrue();
        task("s");
        var _ = runtime.start(TASK);
        restart();
        assertThat(runtime.has("ns", "c")).isTrue();
        var _ = runtime.delete(TASK);
        assertThat(commands()).containsExactly("start");
        assertThat(shim.asked())
                .contains("Create", "Start", "Connect", "Delete")
                .doesNotContain("Shutdown");
        assertThat(folder.resolve("state/io.containerd.runtime.v2.task/ns/c")).doesNotExist();
        assertThat(runtime.sandboxes().status("ns", "s", false)).isPresent();
    }

    @Test
    void a_task_that_cannot_be_made_leaves_its_sandbox_alone() throws Exception {
        create();
        shim.refuse("Create", Code.INVALID_ARGUMENT);
        assertThatThrownBy(() -> task("s")).isInstanceOf(InvalidArgument.class);
        assertThat(commands()).containsExactly("start");
        assertThat(shim.asked()).doesNotContain("Shutdown");
        assertThat(runtime.has("ns", "c")).isFalse();
        assertThat(folder.resolve("state/io.containerd.runtime.v2.task/ns/c")).doesNotExist();
    }

    @Test
    void a_sandbox_without_a_shim_takes_no_task_and_one_without_a_record_is_none() {
        assertThatThrownBy(() -> task("s")).isInstanceOf(NotFound.class).hasMessageContaining("can't find shim");
        assertThat(runtime.takes("ns", "unknown")).isFalse();
        assertThat(runtime.takes("ns", "")).isFalse();
    }

    @Test
    void an_older_shim_is_no_home_for_others() throws Exception {
        ToyShim.program(folder, 2);
        create();
        assertThat(runtime.takes("ns", "s")).isFalse();
        task("s");
        assertThat(commands()).containsExactly("start", "start");
    }

    @Test
    void the_tasks_of_a_sandbox_end_with_its_shim() throws Exception {
        create();
        task("s");
        shim.die();
        await().atMost(SOON).untilAsserted(() -> assertThat(topics.heard).hasSize(4));
        assertThat(runtime.has("ns", "c")).isFalse();
        assertThat(commands()).containsOnlyOnce("start");
        nothingIsLeft();
    }
}
