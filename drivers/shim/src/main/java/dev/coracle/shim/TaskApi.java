package dev.coracle.shim;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.api.shim.CloseIORequest;
import dev.coracle.containerd.api.shim.ConnectResponse;
import dev.coracle.containerd.api.shim.CreateTaskRequest;
import dev.coracle.containerd.api.shim.CreateTaskResponse;
import dev.coracle.containerd.api.shim.DeleteResponse;
import dev.coracle.containerd.api.shim.ExecProcessRequest;
import dev.coracle.containerd.api.shim.KillRequest;
import dev.coracle.containerd.api.shim.PidsResponse;
import dev.coracle.containerd.api.shim.ProcessRequest;
import dev.coracle.containerd.api.shim.ResizePtyRequest;
import dev.coracle.containerd.api.shim.ShutdownRequest;
import dev.coracle.containerd.api.shim.StartResponse;
import dev.coracle.containerd.api.shim.StateResponse;
import dev.coracle.containerd.api.shim.StatsResponse;
import dev.coracle.containerd.api.shim.TaskRequest;
import dev.coracle.containerd.api.shim.UpdateTaskRequest;
import dev.coracle.containerd.api.shim.WaitResponse;
import dev.coracle.containerd.api.types.Mount;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.core.types.TypedBytes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The task API of one container's shim, in our words. Version 3 is asked first where the shim says
/// it has it; one that then answers "not implemented" is asked by version 2 from then on.
final class TaskApi implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LOAD = Duration.ofSeconds(5);
    private static final Duration SHUTDOWN = Duration.ofSeconds(3);

    private final TtrpcClient client;
    private final String id;
    private volatile int version;

    TaskApi(TtrpcClient client, String id, int version) {
        this.client = client;
        this.id = id;
        this.version = version;
    }

    TtrpcClient client() {
        return client;
    }

    int version() {
        return version;
    }

    private <T> T call(String method, MessageLite request, Parser<T> parser, Duration limit) {
        if (version > 2) {
            try {
                return client.call("containerd.task.v3.Task", method, request, parser, limit);
            } catch (NotImplemented _) {
                version = 2;
            }
        }
        return client.call("containerd.task.v2.Task", method, request, parser, limit);
    }

    private void tell(String method, MessageLite request) {
        var _ = call(method, request, Empty.parser(), Duration.ZERO);
    }

    private ProcessRequest process(String execId) {
        return ProcessRequest.newBuilder().setId(id).setExecId(execId).build();
    }

    private TaskRequest task() {
        return TaskRequest.newBuilder().setId(id).build();
    }

    int create(CreateTask task, Path bundle) {
        var request = CreateTaskRequest.newBuilder()
                .setId(id)
                .setBundle(bundle.toString())
                .setTerminal(task.stdio().terminal())
                .setStdin(task.stdio().stdin())
                .setStdout(task.stdio().stdout())
                .setStderr(task.stdio().stderr());
        task.rootfs()
                .forEach(mount -> request.addRootfs(Mount.newBuilder()
                        .setType(mount.type())
                        .setSource(mount.source())
                        .setTarget(mount.target())
                        .addAllOptions(mount.options())));
        if (!task.options().isNone()) {
            request.setOptions(ShimProgram.any(task.options()));
        }
        return call("Create", request.build(), CreateTaskResponse.parser(), Duration.ZERO)
                .getPid();
    }

    void start(String execId) {
        var _ = call("Start", process(execId), StartResponse.parser(), Duration.ZERO);
    }

    /// Asked where the daemon starts: a shim that does not answer must not keep it from that.
    ConnectResponse connect() {
        return call("Connect", task(), ConnectResponse.parser(), LOAD);
    }

    ProcessState state(String execId) {
        var answer = call("State", process(execId), StateResponse.parser(), SOON);
        return new ProcessState(
                id,
                execId,
                answer.getPid(),
                switch (answer.getStatus()) {
                    case UNKNOWN, UNRECOGNIZED -> TaskStatus.UNKNOWN;
                    case CREATED -> TaskStatus.CREATED;
                    case RUNNING -> TaskStatus.RUNNING;
                    case STOPPED -> TaskStatus.STOPPED;
                    case PAUSED -> TaskStatus.PAUSED;
                    case PAUSING -> TaskStatus.PAUSING;
                },
                new Stdio(answer.getStdin(), answer.getStdout(), answer.getStderr(), answer.getTerminal()),
                answer.getExitStatus(),
                instant(answer.getExitedAt()),
                answer.getBundle());
    }

    void exec(String execId, TypedBytes spec, Stdio stdio) {
        tell(
                "Exec",
                ExecProcessRequest.newBuilder()
                        .setId(id)
                        .setExecId(execId)
                        .setTerminal(stdio.terminal())
                        .setStdin(stdio.stdin())
                        .setStdout(stdio.stdout())
                        .setStderr(stdio.stderr())
                        .setSpec(ShimProgram.any(spec))
                        .build());
    }

    /// How a process ended; waits for that. The answer has no pid.
    Exit await(String execId, int pid) {
        var answer = call("Wait", process(execId), WaitResponse.parser(), Duration.ZERO);
        return new Exit(pid, answer.getExitStatus(), instant(answer.getExitedAt()));
    }

    void kill(String execId, int signal, boolean all) {
        tell(
                "Kill",
                KillRequest.newBuilder()
                        .setId(id)
                        .setExecId(execId)
                        .setSignal(signal)
                        .setAll(all)
                        .build());
    }

    Exit delete(String execId) {
        return exit(call("Delete", process(execId), DeleteResponse.parser(), Duration.ZERO));
    }

    static Exit exit(DeleteResponse answer) {
        return new Exit(answer.getPid(), answer.getExitStatus(), instant(answer.getExitedAt()));
    }

    void resize(String execId, int width, int height) {
        tell(
                "ResizePty",
                ResizePtyRequest.newBuilder()
                        .setId(id)
                        .setExecId(execId)
                        .setWidth(width)
                        .setHeight(height)
                        .build());
    }

    void closeStdin(String execId) {
        tell(
                "CloseIO",
                CloseIORequest.newBuilder()
                        .setId(id)
                        .setExecId(execId)
                        .setStdin(true)
                        .build());
    }

    void pause() {
        tell("Pause", task());
    }

    void resume() {
        tell("Resume", task());
    }

    void update(TypedBytes resources) {
        tell(
                "Update",
                UpdateTaskRequest.newBuilder()
                        .setId(id)
                        .setResources(ShimProgram.any(resources))
                        .build());
    }

    List<Integer> pids() {
        return call("Pids", task(), PidsResponse.parser(), Duration.ZERO).getProcessesList().stream()
                .map(dev.coracle.containerd.api.types.task.ProcessInfo::getPid)
                .toList();
    }

    TypedBytes stats() {
        var stats = call("Stats", task(), StatsResponse.parser(), SOON).getStats();
        return new TypedBytes(stats.getTypeUrl(), stats.getValue().toByteArray());
    }

    /// Asks the shim to end, which it does once it has no container.
    void shutdown(boolean now) {
        var _ = call(
                "Shutdown", ShutdownRequest.newBuilder().setId(id).setNow(now).build(), Empty.parser(), SHUTDOWN);
    }

    /// Go's zero time, "not yet", is far before the epoch.
    private static Instant instant(Timestamp timestamp) {
        return timestamp.getSeconds() < 0
                ? Instant.EPOCH
                : Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    @Override
    public void close() {
        client.close();
    }
}
