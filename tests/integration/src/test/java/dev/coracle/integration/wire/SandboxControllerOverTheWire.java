package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.containers.ContainersGrpc;
import dev.coracle.containerd.api.containers.CreateContainerRequest;
import dev.coracle.containerd.api.events.SandboxExit;
import dev.coracle.containerd.api.events.service.EventsGrpc;
import dev.coracle.containerd.api.events.service.PublishRequest;
import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
import dev.coracle.containerd.api.sandbox.ControllerGrpc.ControllerBlockingStub;
import dev.coracle.containerd.api.sandbox.ControllerMetricsRequest;
import dev.coracle.containerd.api.sandbox.ControllerPlatformRequest;
import dev.coracle.containerd.api.sandbox.ControllerShutdownRequest;
import dev.coracle.containerd.api.sandbox.ControllerStartRequest;
import dev.coracle.containerd.api.sandbox.ControllerStartResponse;
import dev.coracle.containerd.api.sandbox.ControllerStatusRequest;
import dev.coracle.containerd.api.sandbox.ControllerStatusResponse;
import dev.coracle.containerd.api.sandbox.ControllerStopRequest;
import dev.coracle.containerd.api.sandbox.ControllerUpdateRequest;
import dev.coracle.containerd.api.sandbox.ControllerWaitRequest;
import dev.coracle.containerd.api.sandbox.ControllerWaitResponse;
import dev.coracle.containerd.api.sandbox.StoreCreateRequest;
import dev.coracle.containerd.api.sandbox.StoreGrpc;
import dev.coracle.containerd.api.tasks.CreateTaskRequest;
import dev.coracle.containerd.api.tasks.DeleteTaskRequest;
import dev.coracle.containerd.api.tasks.GetRequest;
import dev.coracle.containerd.api.tasks.KillRequest;
import dev.coracle.containerd.api.tasks.StartRequest;
import dev.coracle.containerd.api.tasks.TasksGrpc;
import dev.coracle.containerd.api.tasks.TasksGrpc.TasksBlockingStub;
import dev.coracle.containerd.api.tasks.WaitRequest;
import dev.coracle.containerd.api.types.Envelope;
import dev.coracle.containerd.api.types.Sandbox;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Sandboxes that shims run: a program of ours stands in for one, since no shim of containerd's makes sandboxes.
@Since("2.0")
class SandboxControllerOverTheWire extends OverTheWire {
    private static final String SHIM = "shim";
    private static final String SPEC = "types.containerd.io/opencontainers/runtime-spec/1/Spec";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PROBE = "/probe";
    private static final int KILL = 9;

    private final ControllerBlockingStub controller = in(ControllerGrpc.newBlockingStub(channel));
    private final TasksBlockingStub tasks = in(TasksGrpc.newBlockingStub(channel));

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path program;

    @BeforeEach
    void install() throws Exception {
        folder = Files.createTempDirectory(Path.of("/run/own"), "s");
        program = SandboxShim.install(folder);
    }

    /// Whatever came of it: no bundle, no process, no socket.
    @AfterEach
    void nothing_is_left() {
        for (var id : entries(bundles())) {
            shutdown(id);
        }
        assertThat(entries(bundles())).isEmpty();
        Awaitility.await("the end of the shim").atMost(SOON).untilAsserted(() -> {
            assertThat(entries(folder)).noneMatch(name -> name.endsWith(".s"));
            assertThat(processes()).isEmpty();
        });
    }

    private Path bundles() {
        return DAEMON.root().resolveSibling("state/io.containerd.sandbox.controller.v1.shim/" + namespace);
    }

    private static List<String> entries(Path folder) {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (var entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> processes() {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(SandboxShim.class.getSimpleName() + " " + folder))
                .toList();
    }

    private List<ThrowingCallable> calls(String sandboxer, String id) {
        return List.of(
                () -> controller.create(ControllerCreateRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.start(ControllerStartRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.wait(ControllerWaitRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.metrics(ControllerMetricsRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.shutdown(ControllerShutdownRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.update(ControllerUpdateRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .setSandbox(Sandbox.newBuilder()
                                .setSandboxId(id)
                                .setRuntime(Sandbox.Runtime.newBuilder().setName("r")))
                        .build()),
                () -> controller.status(ControllerStatusRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.stop(ControllerStopRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()));
    }

    @Test
    void a_sandboxer_is_required() {
        calls("", "s").forEach(call -> refuses("sandbox controller name can not be empty", call));
    }

    @Test
    void an_unknown_sandboxer_is_missing() {
        calls("cats", "s")
                .forEach(call -> fails(Status.Code.NOT_FOUND, "failed to get sandbox controller by cats", call));
    }

    @Test
    void a_platform_is_not_told() {
        fails(
                Status.Code.UNIMPLEMENTED,
                "not implemented",
                () -> controller.platform(ControllerPlatformRequest.newBuilder()
                        .setSandboxer(SHIM)
                        .setSandboxId("s")
                        .build()));
    }

    @Test
    void a_sandbox_that_does_not_run_is_missing() {
        calls(SHIM, "nobody").subList(2, 5).forEach(OverTheWire::isMissing);
        fails(
                Status.Code.UNKNOWN,
                "failed to start sandbox \"nobody\": unable to find sandbox \"nobody\"",
                calls(SHIM, "nobody").get(1));
    }

    @Test
    void a_sandbox_that_does_not_run_may_be_stopped_and_has_a_status() {
        stop("nobody");
        var status = status("nobody");
        assertThat(status.getSandboxId()).isEqualTo("nobody");
        assertThat(status.getState()).isEmpty();
        assertThat(status.getExitedAt().getSeconds()).isPositive();
        assertThat(status.getCreatedAt().getSeconds()).isNegative();
    }

    @Test
    void a_sandbox_lives_from_its_creation_to_its_shutdown() throws Throwable {
        try (var subscription = subscribed()) {
            assertThat(controller.create(request("s")).getSandboxId()).isEqualTo("s");
            assertThat(status("s").getState()).isEqualTo("SANDBOX_NOTREADY");
            var started = start("s");
            assertThat(started.getSandboxId()).isEqualTo("s");
            assertThat(started.getPid()).isPositive();
            assertThat(started.getCreatedAt().getSeconds()).isEqualTo(1_000_000_000);
            calls(SHIM, "s").get(5).call();
            assertThat(status("s").getState()).isEqualTo("SANDBOX_READY");
            assertThat(status("s").getPid()).isEqualTo(started.getPid());
            assertThat(status("s").getInfoMap()).containsEntry("netns", "/run/netns/n");
            assertThat(controller
                            .metrics(ControllerMetricsRequest.newBuilder()
                                    .setSandboxer(SHIM)
                                    .setSandboxId("s")
                                    .build())
                            .getMetrics()
                            .getId())
                    .isEqualTo("s");
            var waiting = later("s");
            stop("s");
            assertThat(waiting.get().getExitStatus()).isEqualTo(SandboxShim.STOPPED);
            assertThat(status("s").getState()).isEqualTo("SANDBOX_NOTREADY");
            shutdown("s");
            isMissing(() -> shutdown("s"));
            assertThat(status("s").getState()).isEmpty();

            assertThat(next(subscription).getTopic()).isEqualTo("/sandboxes/create");
            assertThat(next(subscription).getTopic()).isEqualTo("/sandboxes/start");
            var exit = next(subscription);
            assertThat(exit.getTopic()).isEqualTo("/sandboxes/exit");
            var told = SandboxExit.parseFrom(exit.getEvent().getValue());
            assertThat(told.getSandboxId()).isEqualTo("s");
            assertThat(told.getExitStatus()).isEqualTo(SandboxShim.STOPPED);
            assertThat(next(subscription).getTopic()).isEqualTo("/tasks/exit");
            assertThat(next(subscription).getTopic()).isEqualTo("/tasks/delete");
        }
    }

    @Test
    void a_change_needs_the_whole_record() {
        fails(
                Status.Code.UNKNOWN,
                "sandbox can not be nil",
                () -> controller.update(ControllerUpdateRequest.newBuilder()
                        .setSandboxer(SHIM)
                        .setSandboxId("s")
                        .build()));
    }

    @Test
    void a_sandbox_runs_once() {
        var _ = controller.create(request("s"));
        exists(() -> controller.create(request("s")));
    }

    @Test
    void a_sandbox_that_cannot_be_made_is_not_left() {
        fails(
                Status.Code.FAILED_PRECONDITION,
                "failed to create sandbox s: not today",
                () -> controller.create(refusing("s", "CreateSandbox")));
        assertThat(entries(bundles())).isEmpty();
    }

    @Test
    void a_sandbox_that_cannot_be_started_is_not_left() {
        var _ = controller.create(refusing("s", "StartSandbox"));
        fails(Status.Code.FAILED_PRECONDITION, "failed to start sandbox s: not today", () -> start("s"));
        assertThat(entries(bundles())).isEmpty();
        assertThat(status("s").getState()).isEmpty();
    }

    @Test
    void a_runtime_that_is_not_there_has_no_code() {
        for (var runtime : List.of("/nowhere/shim", "io.containerd.absent.v9", "")) {
            var request = request("s").toBuilder();
            request.getSandboxBuilder().getRuntimeBuilder().setName(runtime);
            fails(
                    Status.Code.UNKNOWN,
                    "failed to start new shim for sandbox s: ",
                    () -> controller.create(request.build()));
        }
    }

    @Test
    void a_method_that_the_shim_refuses_says_so() {
        var _ = controller.create(refusing("s", "StopSandbox"));
        fails(Status.Code.FAILED_PRECONDITION, "failed to stop sandbox: not today", () -> stop("s"));
    }

    @Test
    void tasks_are_made_in_the_shim_of_their_sandbox() {
        record("s");
        var _ = controller.create(request("s"));
        var shim = start("s").getPid();
        for (var id : List.of("a", "b")) {
            container(id, "s");
            var created = tasks.create(
                    CreateTaskRequest.newBuilder().setContainerId(id).build());
            assertThat(created.getPid()).isEqualTo(shim);
            var _ = tasks.start(StartRequest.newBuilder().setContainerId(id).build());
        }
        assertThat(processes()).hasSize(1);
        assertThat(status("s").getInfoMap()).containsEntry("tasks", "2");
        for (var id : List.of("a", "b")) {
            var _ = tasks.kill(
                    KillRequest.newBuilder().setContainerId(id).setSignal(KILL).build());
            assertThat(tasks.wait(WaitRequest.newBuilder().setContainerId(id).build())
                            .getExitStatus())
                    .isEqualTo(128 + KILL);
            assertThat(tasks.delete(DeleteTaskRequest.newBuilder()
                                    .setContainerId(id)
                                    .build())
                            .getExitStatus())
                    .isEqualTo(128 + KILL);
        }
        assertThat(status("s").getState()).isEqualTo("SANDBOX_READY");
        assertThat(status("s").getInfoMap()).containsEntry("tasks", "0");
    }

    @Test
    void a_task_whose_sandbox_does_not_run_is_not_made() {
        record("s");
        container("a", "s");
        fails(
                Status.Code.NOT_FOUND,
                "can't find shim for sandbox s",
                () -> tasks.create(
                        CreateTaskRequest.newBuilder().setContainerId("a").build()));
    }

    @Test
    void a_sandbox_ends_with_its_shim() throws Exception {
        try (var subscription = subscribed()) {
            var _ = controller.create(request("s"));
            var pid = start("s").getPid();
            assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
            assertThat(next(subscription).getTopic()).isEqualTo("/sandboxes/create");
            assertThat(next(subscription).getTopic()).isEqualTo("/sandboxes/start");
            assertThat(next(subscription).getTopic()).isEqualTo("/tasks/exit");
            assertThat(next(subscription).getTopic()).isEqualTo("/tasks/delete");
            Awaitility.await("the sandbox's end")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(status("s").getState()).isEmpty());
            isMissing(() -> shutdown("s"));
        }
    }

    @Test
    void the_tasks_of_a_sandbox_end_with_its_shim() {
        record("s");
        var _ = controller.create(request("s"));
        var pid = start("s").getPid();
        container("a", "s");
        var _ = tasks.create(CreateTaskRequest.newBuilder().setContainerId("a").build());
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        Awaitility.await("the task's end")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> isMissing(() ->
                        tasks.get(GetRequest.newBuilder().setContainerId("a").build())));
    }

    /// Hears everything of this namespace from now on.
    private Subscription subscribed() throws InterruptedException {
        var subscription = new Subscription(channel, "namespace==" + namespace);
        var events = in(EventsGrpc.newBlockingStub(channel));
        do {
            var _ = events.publish(
                    PublishRequest.newBuilder().setTopic(PROBE).setEvent(spec()).build());
        } while (!subscription.hears());
        return subscription;
    }

    private static Envelope next(Subscription subscription) throws InterruptedException {
        var next = subscription.next();
        while (next.getTopic().equals(PROBE)) {
            next = subscription.next();
        }
        return next;
    }

    private ControllerCreateRequest request(String id) {
        return ControllerCreateRequest.newBuilder()
                .setSandboxer(SHIM)
                .setSandboxId(id)
                .setNetnsPath("/run/netns/n")
                .setSandbox(sandbox(id))
                .build();
    }

    private ControllerCreateRequest refusing(String id, String method) {
        return request(id).toBuilder().putAnnotations("refuse", method).build();
    }

    private Sandbox sandbox(String id) {
        return Sandbox.newBuilder()
                .setSandboxId(id)
                .setSandboxer(SHIM)
                .setRuntime(Sandbox.Runtime.newBuilder().setName(program.toString()))
                .setSpec(spec())
                .build();
    }

    private static Any spec() {
        return Any.newBuilder()
                .setTypeUrl(SPEC)
                .setValue(ByteString.copyFromUtf8("{\"ociVersion\": \"1.0.2\"}"))
                .build();
    }

    private void record(String id) {
        var _ = in(StoreGrpc.newBlockingStub(channel))
                .create(StoreCreateRequest.newBuilder().setSandbox(sandbox(id)).build());
    }

    private void container(String id, String sandbox) {
        var _ = in(ContainersGrpc.newBlockingStub(channel))
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(Container.newBuilder()
                                .setId(id)
                                .setRuntime(Container.Runtime.newBuilder().setName("io.containerd.runc.v2"))
                                .setSandbox(sandbox)
                                .setSpec(spec()))
                        .build());
    }

    private ControllerStartResponse start(String id) {
        return controller.start(ControllerStartRequest.newBuilder()
                .setSandboxer(SHIM)
                .setSandboxId(id)
                .build());
    }

    private void stop(String id) {
        var _ = controller.stop(ControllerStopRequest.newBuilder()
                .setSandboxer(SHIM)
                .setSandboxId(id)
                .setTimeoutSecs(1)
                .build());
    }

    private void shutdown(String id) {
        var _ = controller.shutdown(ControllerShutdownRequest.newBuilder()
                .setSandboxer(SHIM)
                .setSandboxId(id)
                .build());
    }

    private ControllerStatusResponse status(String id) {
        return controller.status(ControllerStatusRequest.newBuilder()
                .setSandboxer(SHIM)
                .setSandboxId(id)
                .setVerbose(true)
                .build());
    }

    private FutureTask<ControllerWaitResponse> later(String id) {
        var waiting = new FutureTask<>(() -> controller.wait(ControllerWaitRequest.newBuilder()
                .setSandboxer(SHIM)
                .setSandboxId(id)
                .build()));
        Thread.ofVirtual().start(waiting);
        return waiting;
    }
}
