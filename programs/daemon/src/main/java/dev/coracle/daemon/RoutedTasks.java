package dev.coracle.daemon;

import dev.coracle.containerd.grpc.RuntimeOptions;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.OutputListener;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskConnection;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.runtime.ConmonRuntime;
import dev.coracle.shim.ShimRuntime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All tasks, whichever runtime has them: a new one goes to the shim of its sandbox, to the daemon's
/// own runtime or, by any other name, to a shim; afterwards whoever has it is asked.
final class RoutedTasks implements TaskRuntime {
    private final TaskRuntime own;
    private final ShimRuntime shims;

    RoutedTasks(TaskRuntime own, ShimRuntime shims) {
        this.own = own;
        this.shims = shims;
    }

    private TaskRuntime of(String namespace, String containerId) {
        return shims.has(namespace, containerId) ? shims : own;
    }

    private TaskRuntime of(ProcessKey key) {
        return of(key.namespace(), key.containerId());
    }

    /// The own runtime first: it makes the control groups ready, which is for all.
    @Override
    public void recover(ExitListener listener) {
        own.recover(listener);
        shims.recover(listener);
    }

    @Override
    public ProcessState create(String namespace, CreateTask task) {
        var isOwn = task.runtime().isEmpty() || task.runtime().equals(ConmonRuntime.NAME);
        return isOwn && !shims.takes(namespace, task.sandbox())
                ? own.create(namespace, forDriver(task))
                : shims.create(namespace, task);
    }

    private static CreateTask forDriver(CreateTask task) {
        return new CreateTask(
                task.containerId(),
                task.runtime(),
                task.spec(),
                RuntimeOptions.forDriver(task.options()),
                task.rootfs(),
                task.stdio(),
                task.sandbox());
    }

    @Override
    public ProcessState start(ProcessKey key) {
        return of(key).start(key);
    }

    @Override
    public TaskConnection start(ProcessKey key, OutputListener listener) {
        return of(key).start(key, listener);
    }

    @Override
    public TaskConnection attach(ProcessKey key, OutputListener listener) {
        return of(key).attach(key, listener);
    }

    @Override
    public void reopenLog(ProcessKey key) {
        of(key).reopenLog(key);
    }

    @Override
    public void exec(ProcessKey key, TypedBytes process, Stdio stdio) {
        of(key).exec(key, process, stdio);
    }

    @Override
    public ProcessState state(ProcessKey key) {
        return of(key).state(key);
    }

    @Override
    public List<ProcessState> list(String namespace) {
        return Stream.concat(own.list(namespace).stream(), shims.list(namespace).stream())
                .toList();
    }

    @Override
    public Exit await(ProcessKey key) throws InterruptedException {
        return of(key).await(key);
    }

    @Override
    public Optional<Exit> await(ProcessKey key, Duration limit) throws InterruptedException {
        return of(key).await(key, limit);
    }

    @Override
    public void kill(ProcessKey key, int signal, boolean all) {
        of(key).kill(key, signal, all);
    }

    @Override
    public Exit delete(ProcessKey key) {
        return of(key).delete(key);
    }

    @Override
    public void resize(ProcessKey key, int width, int height) {
        of(key).resize(key, width, height);
    }

    @Override
    public void closeStdin(ProcessKey key) {
        of(key).closeStdin(key);
    }

    @Override
    public void pause(String namespace, String containerId) {
        of(namespace, containerId).pause(namespace, containerId);
    }

    @Override
    public void resume(String namespace, String containerId) {
        of(namespace, containerId).resume(namespace, containerId);
    }

    @Override
    public void update(String namespace, String containerId, TypedBytes resources) {
        of(namespace, containerId).update(namespace, containerId, resources);
    }

    @Override
    public List<Integer> pids(String namespace, String containerId) {
        return of(namespace, containerId).pids(namespace, containerId);
    }

    @Override
    public TaskMetrics metrics(String namespace, String containerId) {
        return of(namespace, containerId).metrics(namespace, containerId);
    }

    @Override
    public void checkpoint(String namespace, String containerId) {
        of(namespace, containerId).checkpoint(namespace, containerId);
    }

    @Override
    public void close() {
        shims.close();
        own.close();
    }
}
