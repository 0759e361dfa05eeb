package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.containers.ContainersGrpc;
import dev.coracle.containerd.api.containers.CreateContainerRequest;
import dev.coracle.containerd.api.mounts.InfoRequest;
import dev.coracle.containerd.api.mounts.MountsGrpc;
import dev.coracle.containerd.api.tasks.CheckpointTaskRequest;
import dev.coracle.containerd.api.tasks.CloseIORequest;
import dev.coracle.containerd.api.tasks.CreateTaskRequest;
import dev.coracle.containerd.api.tasks.CreateTaskResponse;
import dev.coracle.containerd.api.tasks.DeleteProcessRequest;
import dev.coracle.containerd.api.tasks.DeleteResponse;
import dev.coracle.containerd.api.tasks.DeleteTaskRequest;
import dev.coracle.containerd.api.tasks.ExecProcessRequest;
import dev.coracle.containerd.api.tasks.GetRequest;
import dev.coracle.containerd.api.tasks.KillRequest;
import dev.coracle.containerd.api.tasks.ListPidsRequest;
import dev.coracle.containerd.api.tasks.ListTasksRequest;
import dev.coracle.containerd.api.tasks.MetricsRequest;
import dev.coracle.containerd.api.tasks.PauseTaskRequest;
import dev.coracle.containerd.api.tasks.ResizePtyRequest;
import dev.coracle.containerd.api.tasks.ResumeTaskRequest;
import dev.coracle.containerd.api.tasks.StartRequest;
import dev.coracle.containerd.api.tasks.TasksGrpc;
import dev.coracle.containerd.api.tasks.TasksGrpc.TasksBlockingStub;
import dev.coracle.containerd.api.tasks.UpdateTaskRequest;
import dev.coracle.containerd.api.tasks.WaitRequest;
import dev.coracle.containerd.api.tasks.WaitResponse;
import dev.coracle.containerd.api.types.Mount;
import dev.coracle.containerd.api.types.task.Process;
import dev.coracle.containerd.api.types.task.ProcessInfo;
import dev.coracle.containerd.api.types.task.Status;
import io.grpc.Context;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TasksOverTheWire extends OverTheWire {
    private static final int KILL = 9;
    private static final int TERM = 15;

    private final TasksBlockingStub tasks = in(TasksGrpc.newBlockingStub(channel));

    @SuppressWarnings("NullAway.Init")
    private Box box;

    @BeforeEach
    void make() throws Exception {
        box = Box.make();
    }

    @AfterEach
    void end() {
        for (var task : list()) {
            var id = task.getId();
            try {
                kill(id, "", KILL);
                waitFor(id, "");
            } catch (StatusRuntimeException ended) {
                // it had ended
            }
            delete(id);
        }
    }

    @Test
    void a_task_is_created_then_started_and_ends_with_its_status() throws Exception {
        var pipe = box.pipe("out");
        var out = Box.reader(pipe);
        container("t", false, "sh", "-c", "echo hello; exit 42");

        var created = create(request("t").setStdout(pipe.toString()).setStderr(pipe.toString()));
        assertThat(created.getContainerId()).isEqualTo("t");
        assertThat(created.getPid()).isPositive();
        assertThat(get("t").getStatus()).isEqualTo(Status.CREATED);
        var waiting = later(() -> waitFor("t", ""));
        assertThat(start("t", "")).isEqualTo(created.getPid());
        assertThat(waiting.get().getExitStatus()).isEqualTo(42);
        assertThat(waiting.get().hasExitedAt()).isTrue();
        assertThat(out.get()).isEqualTo("hello\n");

        var stopped = get("t");
        assertThat(stopped.getStatus()).isEqualTo(Status.STOPPED);
        assertThat(stopped.getExitStatus()).isEqualTo(42);
        assertThat(waitFor("t", "")).as("also after the end").isEqualTo(waiting.get());
        var deleted = delete("t");
        assertThat(deleted.getId()).isEmpty();
        assertThat(deleted.getPid()).isEqualTo(created.getPid());
        assertThat(deleted.getExitStatus()).isEqualTo(42);
        assertThat(deleted.getExitedAt()).isEqualTo(waiting.get().getExitedAt());
        isMissing(() -> get("t"));
    }

    @Test
    void a_task_whose_client_goes_before_it_is_made_is_not_left() throws Exception {
        var begun = box.pipe("begun");
        var go = box.pipe("go");
        var first = Box.firstLine(begun);
        var once = begun.resolveSibling("once");
        container(
                "t",
                Box.hooked(
                        box.spec(namespace + "-t", false, "sleep", "1000"),
                        "test -e %1$s || { touch %1$s; echo begun >%2$s; cat %3$s; }".formatted(once, begun, go)));
        var call = Context.current().withCancellation();
        var creating = later(() -> call.call(() -> code(() -> create(request("t")))));
        assertThat(first.get()).isEqualTo("begun");

        call.cancel(null);
        assertThat(creating.get()).isEqualTo(Code.CANCELLED);
        later(() -> Files.writeString(go, "go")); // nobody may read it: the hook may have been ended

        Awaitility.await("room for another task")
                .atMost(Duration.ofSeconds(60))
                .until(() -> code(() -> create(request("t"))) == Code.OK);
        assertThat(get("t").getStatus()).isEqualTo(Status.CREATED);
    }

    @Test
    void a_running_task_is_told_without_its_containers_id() throws Exception {
        var pid = run("t", "sleep", "1000");

        var told = get("t");
        assertThat(told.getId()).isEqualTo("t");
        assertThat(told.getContainerId()).isEmpty();
        assertThat(told.getPid()).isEqualTo(pid);
        assertThat(told.getStatus()).isEqualTo(Status.RUNNING);
        assertThat(list()).containsExactly(told);
        assertThat(tasks.list(ListTasksRequest.newBuilder()
                                .setFilter("id==nobody")
                                .build())
                        .getTasksList())
                .as("a filter is ignored")
                .hasSize(1);
    }

    @Test
    void a_container_has_one_task() throws Exception {
        run("t", "sleep", "1000");

        exists(() -> create(request("t")));
    }

    @Test
    @Since("2.2")
    void a_root_that_needs_more_than_a_mount_is_made_by_the_daemon() throws Exception {
        container("t", false, "sleep", "1000");
        create(CreateTaskRequest.newBuilder()
                .setContainerId("t")
                .addAllRootfs(box.rootfs())
                .addRootfs(Mount.newBuilder()
                        .setType("format/bind")
                        .setSource("{{ mount 0 }}")
                        .addOptions("rbind")
                        .addOptions("rw")));
        start("t", "");
        kill("t", "", KILL);
        waitFor("t", "");

        delete("t");

        isMissing(() -> in(MountsGrpc.newBlockingStub(channel))
                .info(InfoRequest.newBuilder().setName("t").build()));
    }

    @Test
    void a_program_that_is_not_there_leaves_no_task() {
        container("t", false, "no-such-program");

        var failure = org.assertj.core.api.Assertions.catchThrowableOfType(
                StatusRuntimeException.class, () -> create(request("t")));
        assertThat(failure).hasMessageContaining("no-such-program");
        isMissing(() -> get("t"));
    }

    @Test
    @ContainerdDiffers("the words of its shim come without a code: UNKNOWN")
    void a_running_task_is_not_deleted() throws Exception {
        run("t", "sleep", "1000");

        fails(Code.FAILED_PRECONDITION, "", () -> delete("t"));
        assertThat(get("t").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_task_that_was_never_started_is_deleted() {
        container("t", false, "sleep", "1000");
        create(request("t"));

        delete("t");

        isMissing(() -> get("t"));
    }

    @Test
    void signals_arrive_and_have_nobody_after_the_end() throws Exception {
        var out = box.pipe("out");
        var ready = Box.firstLine(out);
        container("t", false, "sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done");
        create(request("t").setStdout(out.toString()).setStderr(out.toString()));
        start("t", "");
        assertThat(ready.get()).isEqualTo("ready");

        kill("t", "", TERM);

        assertThat(waitFor("t", "").getExitStatus()).isEqualTo(7);
        isMissing(() -> kill("t", "", KILL));
    }

    @Test
    void a_signal_for_all_ends_all() throws Exception {
        run("t", "sh", "-c", "sleep 1000 & sleep 1000");

        tasks.kill(KillRequest.newBuilder()
                .setContainerId("t")
                .setSignal(KILL)
                .setAll(true)
                .build());

        assertThat(waitFor("t", "").getExitStatus()).isEqualTo(137);
    }

    @Test
    void a_process_is_added_started_and_deleted_with_its_id() throws Exception {
        run("t", "sleep", "1000");
        var pipe = box.pipe("out");
        var out = Box.reader(pipe);

        exec("t", "more", pipe.toString(), "sh", "-c", "echo inside; exit 3");
        assertThat(get("t", "more").getStatus()).isEqualTo(Status.CREATED);
        exists(() -> exec("t", "more", "", "true"));
        var waiting = later(() -> waitFor("t", "more"));
        var pid = start("t", "more");
        assertThat(pid).isPositive().isNotEqualTo(get("t").getPid());
        assertThat(waiting.get().getExitStatus()).isEqualTo(3);
        assertThat(out.get()).isEqualTo("inside\n");
        assertThat(get("t", "more").getId()).isEqualTo("more");
        assertThat(get("t", "more").getStatus()).isEqualTo(Status.STOPPED);
        var deleted = deleteProcess("t", "more");
        assertThat(deleted.getId()).isEqualTo("more");
        assertThat(deleted.getPid()).isEqualTo(pid);
        assertThat(deleted.getExitStatus()).isEqualTo(3);
        isMissing(() -> get("t", "more"));
        isMissing(() -> deleteProcess("t", "more"));
    }

    @Test
    void a_process_has_an_id_of_its_own() throws Exception {
        run("t", "sleep", "1000");

        refuses("", () -> exec("t", "", "", "true"));
        refuses("", () -> exec("t", "no/slash", "", "true"));
        isMissing(() -> get("t", "nobody"));
        isMissing(() -> start("t", "nobody"));
        isMissing(() -> waitFor("t", "nobody"));
        isMissing(() -> kill("t", "nobody", KILL));
    }

    @Test
    @ContainerdDiffers("the words of its shim come without a code: UNKNOWN")
    void a_running_process_is_not_deleted() throws Exception {
        run("t", "sleep", "1000");
        exec("t", "more", "", "sleep", "1000");
        start("t", "more");

        fails(Code.FAILED_PRECONDITION, "", () -> deleteProcess("t", "more"));
        kill("t", "more", KILL);
        assertThat(waitFor("t", "more").getExitStatus()).isEqualTo(137);
        deleteProcess("t", "more");
    }

    @Test
    void input_ends_when_it_is_closed() throws Exception {
        var in = box.pipe("in");
        var out = box.pipe("out");
        var said = Box.reader(out);
        container("t", false, "cat");
        create(request("t").setStdin(in.toString()).setStdout(out.toString()).setStderr(out.toString()));
        start("t", "");
        Files.writeString(in, "through");

        tasks.closeIO(
                CloseIORequest.newBuilder().setContainerId("t").setStdin(true).build());

        assertThat(waitFor("t", "").getExitStatus()).isZero();
        assertThat(said.get()).isEqualTo("through");
    }

    @Test
    void a_terminal_has_the_size_it_is_given() throws Exception {
        var in = box.pipe("in");
        var out = box.pipe("out");
        var said = Box.reader(out);
        container("t", true, "sh", "-c", "read line; stty size");
        create(request("t").setStdin(in.toString()).setStdout(out.toString()).setTerminal(true));
        start("t", "");
        assertThat(get("t").getTerminal()).isTrue();

        tasks.resizePty(ResizePtyRequest.newBuilder()
                .setContainerId("t")
                .setWidth(120)
                .setHeight(40)
                .build());
        Files.writeString(in, "go\n");

        assertThat(waitFor("t", "").getExitStatus()).isZero();
        assertThat(said.get()).contains("40 120");
    }

    @Test
    void a_task_is_paused_and_resumed() throws Exception {
        Box.needsControlGroups();
        run("t", "sleep", "1000");

        tasks.pause(PauseTaskRequest.newBuilder().setContainerId("t").build());

        assertThat(get("t").getStatus()).isEqualTo(Status.PAUSED);
        tasks.resume(ResumeTaskRequest.newBuilder().setContainerId("t").build());
        assertThat(get("t").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void pids_are_those_of_the_container() throws Exception {
        Box.needsControlGroups();
        var pid = run("t", "sleep", "1000");
        exec("t", "more", "", "sleep", "1000");
        var more = start("t", "more");

        assertThat(tasks.listPids(
                                ListPidsRequest.newBuilder().setContainerId("t").build())
                        .getProcessesList())
                .extracting(ProcessInfo::getPid)
                .containsExactlyInAnyOrder(pid, more);
    }

    @Test
    void metrics_are_told_of_each_task_that_a_filter_lets_through() throws Exception {
        Box.needsControlGroups();
        run("a", "sleep", "1000");
        run("b", "sleep", "1000");

        assertThat(metrics()).containsExactlyInAnyOrder("a", "b");
        assertThat(metrics("id==b")).containsExactly("b");
        assertThat(metrics("namespace==" + namespace + ",id==a", "id==c")).containsExactly("a");
    }

    @Test
    void a_checkpoint_needs_criu() throws Exception {
        run("t", "sleep", "1000");

        assertThat(code(() -> tasks.checkpoint(
                        CheckpointTaskRequest.newBuilder().setContainerId("t").build())))
                .isNotEqualTo(Code.OK);
        assertThat(get("t").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void limits_are_changed() throws Exception {
        Box.needsControlGroups();
        run("t", "sleep", "1000");

        assertThat(code(() -> tasks.update(UpdateTaskRequest.newBuilder()
                        .setContainerId("t")
                        .setResources(Box.resources("{\"unified\": {}}"))
                        .build())))
                .isEqualTo(Code.OK);
    }

    @Test
    void what_has_no_container_or_no_task_is_missing() {
        container("idle", false, "true");
        for (var id : List.of("nobody", "idle")) {
            var more = "more";
            isMissing(() -> get(id));
            isMissing(() -> start(id, ""));
            isMissing(() -> delete(id));
            isMissing(() -> deleteProcess(id, more));
            isMissing(() -> kill(id, "", KILL));
            isMissing(() -> waitFor(id, ""));
            isMissing(() -> exec(id, more, "", "true"));
            isMissing(() -> tasks.resizePty(
                    ResizePtyRequest.newBuilder().setContainerId(id).build()));
            isMissing(() ->
                    tasks.closeIO(CloseIORequest.newBuilder().setContainerId(id).build()));
            isMissing(() ->
                    tasks.pause(PauseTaskRequest.newBuilder().setContainerId(id).build()));
            isMissing(() -> tasks.resume(
                    ResumeTaskRequest.newBuilder().setContainerId(id).build()));
            isMissing(() -> tasks.listPids(
                    ListPidsRequest.newBuilder().setContainerId(id).build()));
            isMissing(() -> tasks.checkpoint(
                    CheckpointTaskRequest.newBuilder().setContainerId(id).build()));
            isMissing(() -> tasks.update(
                    UpdateTaskRequest.newBuilder().setContainerId(id).build()));
        }
        isMissing(() -> create(request("nobody")));
        assertThat(list()).isEmpty();
        assertThat(metrics()).isEmpty();
    }

    @Test
    void a_namespace_is_required() {
        var none = TasksGrpc.newBlockingStub(channel);

        needsNamespace(() -> none.create(request("t").build()));
        needsNamespace(() -> none.list(ListTasksRequest.getDefaultInstance()));
        needsNamespace(
                () -> none.get(GetRequest.newBuilder().setContainerId("t").build()));
        needsNamespace(
                () -> none.wait(WaitRequest.newBuilder().setContainerId("t").build()));
    }

    private void container(String id, boolean terminal, String... command) {
        container(id, box.spec(namespace + "-" + id, terminal, command));
    }

    private void container(String id, Any spec) {
        in(ContainersGrpc.newBlockingStub(channel))
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(Container.newBuilder()
                                .setId(id)
                                .setRuntime(Container.Runtime.newBuilder()
                                        .setName("io.containerd.runc.v2")
                                        .setOptions(Any.newBuilder().setTypeUrl("containerd.runc.v1.Options")))
                                .setSpec(spec))
                        .build());
    }

    private CreateTaskRequest.Builder request(String id) {
        return CreateTaskRequest.newBuilder().setContainerId(id).addAllRootfs(box.rootfs());
    }

    private CreateTaskResponse create(CreateTaskRequest.Builder request) {
        return tasks.create(request.build());
    }

    private int run(String id, String... command) {
        container(id, false, command);
        create(request(id));
        return start(id, "");
    }

    private int start(String id, String exec) {
        return tasks.start(StartRequest.newBuilder()
                        .setContainerId(id)
                        .setExecId(exec)
                        .build())
                .getPid();
    }

    private void exec(String id, String exec, String out, String... command) throws Exception {
        // a shim that has copied all of one pipe lets go of it before it opens the next
        var err = out.isEmpty() ? "" : box.sink().toString();
        tasks.exec(ExecProcessRequest.newBuilder()
                .setContainerId(id)
                .setExecId(exec)
                .setStdout(out)
                .setStderr(err)
                .setSpec(Box.process(command))
                .build());
    }

    private Process get(String id) {
        return get(id, "");
    }

    private Process get(String id, String exec) {
        return tasks.get(GetRequest.newBuilder()
                        .setContainerId(id)
                        .setExecId(exec)
                        .build())
                .getProcess();
    }

    private List<Process> list() {
        return tasks.list(ListTasksRequest.getDefaultInstance()).getTasksList();
    }

    private WaitResponse waitFor(String id, String exec) {
        return tasks.wait(
                WaitRequest.newBuilder().setContainerId(id).setExecId(exec).build());
    }

    private void kill(String id, String exec, int signal) {
        tasks.kill(KillRequest.newBuilder()
                .setContainerId(id)
                .setExecId(exec)
                .setSignal(signal)
                .build());
    }

    private DeleteResponse delete(String id) {
        return tasks.delete(DeleteTaskRequest.newBuilder().setContainerId(id).build());
    }

    private DeleteResponse deleteProcess(String id, String exec) {
        return tasks.deleteProcess(DeleteProcessRequest.newBuilder()
                .setContainerId(id)
                .setExecId(exec)
                .build());
    }

    private List<String> metrics(String... filters) {
        return tasks
                .metrics(MetricsRequest.newBuilder()
                        .addAllFilters(List.of(filters))
                        .build())
                .getMetricsList()
                .stream()
                .map(metric -> {
                    assertThat(metric.getData().getTypeUrl()).startsWith("io.containerd.cgroups.v");
                    return metric.getId();
                })
                .toList();
    }

    private static Code code(ThrowingCallable call) {
        var failure = org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
        return failure == null ? Code.OK : failure.getStatus().getCode();
    }

    private static <T> FutureTask<T> later(java.util.concurrent.Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        return task;
    }
}
