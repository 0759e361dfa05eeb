package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.tasks.CheckpointTaskRequest;
import dev.coracle.containerd.api.tasks.CheckpointTaskResponse;
import dev.coracle.containerd.api.tasks.CloseIORequest;
import dev.coracle.containerd.api.tasks.CreateTaskRequest;
import dev.coracle.containerd.api.tasks.CreateTaskResponse;
import dev.coracle.containerd.api.tasks.DeleteProcessRequest;
import dev.coracle.containerd.api.tasks.DeleteResponse;
import dev.coracle.containerd.api.tasks.DeleteTaskRequest;
import dev.coracle.containerd.api.tasks.ExecProcessRequest;
import dev.coracle.containerd.api.tasks.GetRequest;
import dev.coracle.containerd.api.tasks.GetResponse;
import dev.coracle.containerd.api.tasks.KillRequest;
import dev.coracle.containerd.api.tasks.ListPidsRequest;
import dev.coracle.containerd.api.tasks.ListPidsResponse;
import dev.coracle.containerd.api.tasks.ListTasksRequest;
import dev.coracle.containerd.api.tasks.ListTasksResponse;
import dev.coracle.containerd.api.tasks.MetricsRequest;
import dev.coracle.containerd.api.tasks.MetricsResponse;
import dev.coracle.containerd.api.tasks.PauseTaskRequest;
import dev.coracle.containerd.api.tasks.ResizePtyRequest;
import dev.coracle.containerd.api.tasks.ResumeTaskRequest;
import dev.coracle.containerd.api.tasks.StartRequest;
import dev.coracle.containerd.api.tasks.StartResponse;
import dev.coracle.containerd.api.tasks.TasksGrpc;
import dev.coracle.containerd.api.tasks.UpdateTaskRequest;
import dev.coracle.containerd.api.tasks.WaitRequest;
import dev.coracle.containerd.api.tasks.WaitResponse;
import dev.coracle.containerd.api.types.task.Process;
import dev.coracle.containerd.api.types.task.ProcessInfo;
import dev.coracle.containerd.api.types.task.Status;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.core.types.TypedBytes;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/// Running containers. A task belongs to the runtime that its container names, or that the request
/// names by its path; a request for a container that does not exist fails before any runtime is asked.
///
/// As in containerd, a process answers without the container's id, and deleting an init process
/// answers without an id.
final class TasksService extends TasksGrpc.TasksImplBase {
    private final Stores stores;
    private final TaskRuntime tasks;
    private final MountsService mounts;

    TasksService(Stores stores, TaskRuntime tasks, MountsService mounts) {
        this.stores = stores;
        this.tasks = tasks;
        this.mounts = mounts;
    }

    @Override
    public void create(CreateTaskRequest request, StreamObserver<CreateTaskResponse> reply) {
        Reply.with(reply, () -> {
            if (request.hasCheckpoint() && !request.getCheckpoint().getDigest().isEmpty()) {
                throw new NotImplemented("restore container " + request.getContainerId() + " from a checkpoint");
            }
            var scope = Caller.scope();
            var container = stores.in(scope).containers().get(request.getContainerId());
            var options = request.hasOptions()
                    ? Wire.bytes(request.getOptions())
                    : container.runtime().options();
            var runtime =
                    request.getRuntimePath().isEmpty() ? container.runtime().name() : request.getRuntimePath();
            var state = created(
                    scope.namespace(),
                    new CreateTask(
                            container.id(),
                            runtime,
                            container.spec(),
                            options,
                            mounts.ofTask(container.id(), Wire.mountsFrom(request.getRootfsList())),
                            new Stdio(
                                    request.getStdin(),
                                    request.getStdout(),
                                    request.getStderr(),
                                    request.getTerminal()),
                            container.sandbox()));
            if (Context.current().isCancelled()) {
                // nobody has heard of this task, and nobody would take it away
                tasks.delete(ProcessKey.init(scope.namespace(), container.id()));
                mounts.taskEnded(container.id());
                throw new Boundary.Interruption(new InterruptedException("the client went while its task was made"));
            }
            return CreateTaskResponse.newBuilder()
                    .setContainerId(container.id())
                    .setPid(state.pid())
                    .build();
        });
    }

    private ProcessState created(String namespace, CreateTask task) {
        try {
            return tasks.create(namespace, task);
        } catch (AlreadyExists running) {
            throw running; // the mounts are those of the task that is there
        } catch (EngineException e) {
            mounts.taskEnded(task.containerId());
            throw e;
        }
    }

    @Override
    public void start(StartRequest request, StreamObserver<StartResponse> reply) {
        Reply.with(reply, () -> {
            var key = key(request.getContainerId(), request.getExecId());
            var state = tasks.start(key);
            return StartResponse.newBuilder().setPid(state.pid()).build();
        });
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> reply) {
        Reply.with(reply, () -> {
            var key = key(request.getContainerId(), request.getExecId());
            return GetResponse.newBuilder().setProcess(encode(tasks.state(key))).build();
        });
    }

    @Override
    public void list(ListTasksRequest request, StreamObserver<ListTasksResponse> reply) {
        Reply.with(reply, () -> {
            var scope = Caller.scope();
            return ListTasksResponse.newBuilder()
                    .addAllTasks(tasks.list(scope.namespace()).stream()
                            .map(TasksService::encode)
                            .toList())
                    .build();
        });
    }

    @Override
    public void wait(WaitRequest request, StreamObserver<WaitResponse> reply) {
        Reply.with(reply, () -> {
            var key = key(request.getContainerId(), request.getExecId());
            var exit = Reply.waiting(() -> tasks.await(key));
            return WaitResponse.newBuilder()
                    .setExitStatus(exit.status())
                    .setExitedAt(Wire.timestampOrNever(exit.exitedAt()))
                    .build();
        });
    }

    @Override
    public void kill(KillRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var key = key(request.getContainerId(), request.getExecId());
            tasks.kill(key, request.getSignal(), request.getAll());
        });
    }

    @Override
    public void delete(DeleteTaskRequest request, StreamObserver<DeleteResponse> reply) {
        Reply.with(reply, () -> {
            var key = key(request.getContainerId(), "");
            var exit = tasks.delete(key);
            mounts.taskEnded(request.getContainerId());
            return encode("", exit);
        });
    }

    @Override
    public void deleteProcess(DeleteProcessRequest request, StreamObserver<DeleteResponse> reply) {
        Reply.with(reply, () -> {
            var key = key(request.getContainerId(), request.getExecId());
            return encode(request.getExecId(), tasks.delete(key));
        });
    }

    @Override
    public void exec(ExecProcessRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            if (request.getExecId().isEmpty()) {
                throw new InvalidArgument("exec id cannot be empty");
            }
            var key = key(request.getContainerId(), request.getExecId());
            tasks.exec(
                    key,
                    Wire.bytes(request.getSpec()),
                    new Stdio(request.getStdin(), request.getStdout(), request.getStderr(), request.getTerminal()));
        });
    }

    @Override
    public void resizePty(ResizePtyRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var key = key(request.getContainerId(), request.getExecId());
            tasks.resize(key, request.getWidth(), request.getHeight());
        });
    }

    @Override
    public void closeIO(CloseIORequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var key = key(request.getContainerId(), request.getExecId());
            if (request.getStdin()) {
                tasks.closeStdin(key);
            } else {
                tasks.state(key); // nothing else can be closed, but the process has to be there
            }
        });
    }

    @Override
    public void pause(PauseTaskRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var key = key(request.getContainerId(), "");
            tasks.pause(key.namespace(), request.getContainerId());
        });
    }

    @Override
    public void resume(ResumeTaskRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var key = key(request.getContainerId(), "");
            tasks.resume(key.namespace(), request.getContainerId());
        });
    }

    @Override
    public void listPids(ListPidsRequest request, StreamObserver<ListPidsResponse> reply) {
        Reply.with(reply, () -> {
            var key = key(request.getContainerId(), "");
            var pids = tasks.pids(key.namespace(), request.getContainerId());
            return ListPidsResponse.newBuilder()
                    .addAllProcesses(pids.stream()
                            .map(pid -> ProcessInfo.newBuilder().setPid(pid).build())
                            .toList())
                    .build();
        });
    }

    @Override
    public void checkpoint(CheckpointTaskRequest request, StreamObserver<CheckpointTaskResponse> reply) {
        Reply.with(reply, () -> {
            var key = key(request.getContainerId(), "");
            tasks.state(key); // a task that is not there is the first thing to be said
            tasks.checkpoint(key.namespace(), request.getContainerId());
            return CheckpointTaskResponse.getDefaultInstance();
        });
    }

    @Override
    public void update(UpdateTaskRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var key = key(request.getContainerId(), "");
            var resources = request.hasResources() ? Wire.bytes(request.getResources()) : TypedBytes.NONE;
            tasks.update(key.namespace(), request.getContainerId(), resources);
        });
    }

    @Override
    public void metrics(MetricsRequest request, StreamObserver<MetricsResponse> reply) {
        Reply.with(reply, () -> {
            var scope = Caller.scope();
            var filters = Filter.parse(request.getFiltersList());
            var answer = MetricsResponse.newBuilder();
            for (var task : tasks.list(scope.namespace())) {
                if (Filter.any(filters, path -> field(scope, task, path))) {
                    measured(scope, task).map(MetricsWire::encode).ifPresent(answer::addMetrics);
                }
            }
            return answer.build();
        });
    }

    private Optional<TaskRuntime.TaskMetrics> measured(Scope scope, ProcessState task) {
        try {
            return Optional.of(tasks.metrics(scope.namespace(), task.containerId()));
        } catch (NotFound _) {
            return Optional.empty(); // it ended while we looked
        }
    }

    private static Optional<String> field(Scope scope, ProcessState task, List<String> path) {
        return switch (path.getFirst()) {
            case "id" -> Optional.of(task.containerId());
            case "namespace" -> Optional.of(scope.namespace());
            default -> Optional.empty();
        };
    }

    private ProcessKey key(String containerId, String execId) {
        var scope = Caller.scope();
        var container = stores.in(scope).containers().get(containerId);
        return new ProcessKey(scope.namespace(), container.id(), execId);
    }

    private static Process encode(ProcessState state) {
        return Process.newBuilder()
                .setId(state.execId().isEmpty() ? state.containerId() : state.execId())
                .setPid(state.pid())
                .setStatus(encode(state.status()))
                .setStdin(state.stdio().stdin())
                .setStdout(state.stdio().stdout())
                .setStderr(state.stdio().stderr())
                .setTerminal(state.stdio().terminal())
                .setExitStatus(state.exitStatus())
                .setExitedAt(Wire.timestampOrNever(state.exitedAt()))
                .build();
    }

    private static Status encode(TaskStatus status) {
        return switch (status) {
            case UNKNOWN -> Status.UNKNOWN;
            case CREATED -> Status.CREATED;
            case RUNNING -> Status.RUNNING;
            case STOPPED -> Status.STOPPED;
            case PAUSED -> Status.PAUSED;
            case PAUSING -> Status.PAUSING;
        };
    }

    private static DeleteResponse encode(String id, Exit exit) {
        return DeleteResponse.newBuilder()
                .setId(id)
                .setPid(exit.pid())
                .setExitStatus(exit.status())
                .setExitedAt(Wire.timestampOrNever(exit.exitedAt()))
                .build();
    }
}
