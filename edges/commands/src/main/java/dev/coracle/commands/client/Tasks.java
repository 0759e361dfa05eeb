package dev.coracle.commands.client;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.containerd.api.tasks.CloseIORequest;
import dev.coracle.containerd.api.tasks.CreateTaskRequest;
import dev.coracle.containerd.api.tasks.DeleteProcessRequest;
import dev.coracle.containerd.api.tasks.DeleteResponse;
import dev.coracle.containerd.api.tasks.DeleteTaskRequest;
import dev.coracle.containerd.api.tasks.ExecProcessRequest;
import dev.coracle.containerd.api.tasks.GetRequest;
import dev.coracle.containerd.api.tasks.KillRequest;
import dev.coracle.containerd.api.tasks.ResizePtyRequest;
import dev.coracle.containerd.api.tasks.StartRequest;
import dev.coracle.containerd.api.tasks.TasksGrpc;
import dev.coracle.containerd.api.tasks.WaitRequest;
import dev.coracle.containerd.api.tasks.WaitResponse;
import dev.coracle.containerd.api.types.task.Process;
import dev.coracle.containerd.api.types.task.Status;
import dev.coracle.linux.Signal;
import io.grpc.StatusRuntimeException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// The tasks of one namespace; an exec id of "" means the container's own process.
public final class Tasks {
    private final TasksGrpc.TasksBlockingStub tasks;
    private final TasksGrpc.TasksFutureStub later;

    public Tasks(Connection connection) {
        tasks = connection.stub(TasksGrpc::newBlockingStub);
        later = connection.stub(TasksGrpc::newFutureStub);
    }

    public TasksGrpc.TasksBlockingStub stub() {
        return tasks;
    }

    public int create(CreateTaskRequest request) {
        return Connection.call(() -> tasks.create(request)).getPid();
    }

    public int start(String id, String exec) {
        var request =
                StartRequest.newBuilder().setContainerId(id).setExecId(exec).build();
        return Connection.call(() -> tasks.start(request)).getPid();
    }

    /// @throws NotFound when there is no such task
    public Process get(String id, String exec) {
        var request = GetRequest.newBuilder().setContainerId(id).setExecId(exec).build();
        return Connection.call(() -> tasks.get(request)).getProcess();
    }

    public Optional<Process> find(String id, String exec) {
        return Connection.find(() -> get(id, exec));
    }

    public void exec(ExecProcessRequest request) {
        Connection.call(() -> tasks.exec(request));
    }

    public void kill(String id, String exec, Signal signal, boolean all) {
        var request = KillRequest.newBuilder()
                .setContainerId(id)
                .setExecId(exec)
                .setSignal(signal.number())
                .setAll(all)
                .build();
        Connection.call(() -> tasks.kill(request));
    }

    public void resize(String id, String exec, int columns, int rows) {
        var request = ResizePtyRequest.newBuilder()
                .setContainerId(id)
                .setExecId(exec)
                .setWidth(columns)
                .setHeight(rows)
                .build();
        Connection.call(() -> tasks.resizePty(request));
    }

    public void closeStdin(String id, String exec) {
        var request = CloseIORequest.newBuilder()
                .setContainerId(id)
                .setExecId(exec)
                .setStdin(true)
                .build();
        Connection.call(() -> tasks.closeIO(request));
    }

    /// Deletes an ended process; `kill` ends it first.
    public DeleteResponse delete(String id, String exec, boolean kill) {
        if (kill) {
            var exited = wait(id, exec);
            try {
                kill(id, exec, Signal.KILL, exec.isEmpty());
                await(exited);
            } catch (NotFound | EngineException.FailedPrecondition endedAlready) {
                exited.cancel(true);
            }
        }
        if (exec.isEmpty()) {
            var request = DeleteTaskRequest.newBuilder().setContainerId(id).build();
            return Connection.call(() -> tasks.delete(request));
        }
        var request = DeleteProcessRequest.newBuilder()
                .setContainerId(id)
                .setExecId(exec)
                .build();
        return Connection.call(() -> tasks.deleteProcess(request));
    }

    /// Begins to wait for the end of a process.
    public Future<WaitResponse> wait(String id, String exec) {
        return later.wait(
                WaitRequest.newBuilder().setContainerId(id).setExecId(exec).build());
    }

    /// The exit status a wait came to.
    public static int await(Future<WaitResponse> exited) {
        return Connection.call(() -> {
            try {
                return exited.get().getExitStatus();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof StatusRuntimeException status ? status : e;
            }
        });
    }

    /// A status as the Go client writes it.
    public static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
