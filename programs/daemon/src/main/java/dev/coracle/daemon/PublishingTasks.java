package dev.coracle.daemon;

import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.OutputListener;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskConnection;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.types.TypedBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// A runtime whose tasks tell of themselves. The daemon itself publishes, so nothing is lost on
/// the way from another process, and a process is never said to have ended before it is said to
/// have started.
final class PublishingTasks implements TaskRuntime {
    private final TaskRuntime runtime;
    private final EventExchange events;

    /// Processes that are being started, with the events which have to wait for that.
    private final Map<ProcessKey, List<Event>> starting = new HashMap<>();

    PublishingTasks(TaskRuntime runtime, EventExchange events) {
        this.runtime = runtime;
        this.events = events;
    }

    @Override
    public void recover(ExitListener listener) {
        runtime.recover(new ExitListener() {
            @Override
            public void exited(ProcessKey key, Exit exit) {
                tell(
                        key,
                        new Event.TaskExited(key.containerId(), idOf(key), exit.pid(), exit.status(), exit.exitedAt()));
                listener.exited(key, exit);
            }

            @Override
            public void oom(ProcessKey key) {
                tell(key, new Event.TaskOutOfMemory(key.containerId()));
                listener.oom(key);
            }
        });
    }

    /// In a task's exit the init process has the container's id, in other events none.
    private static String idOf(ProcessKey key) {
        return key.execId().isEmpty() ? key.containerId() : key.execId();
    }

    private void tell(ProcessKey key, Event event) {
        synchronized (starting) {
            var held = starting.get(key);
            if (held != null) {
                held.add(event);
                return;
            }
            events.publish(key.namespace(), event);
        }
    }

    /// Runs a call during which the process may already tell of its end; `first` comes before that.
    private ProcessState holding(ProcessKey key, Supplier<ProcessState> call, EventOf first) {
        synchronized (starting) {
            starting.put(key, new ArrayList<>());
        }
        Optional<ProcessState> state = Optional.empty();
        try {
            state = Optional.of(call.get());
            return state.get();
        } finally {
            synchronized (starting) {
                state.ifPresent(started -> events.publish(key.namespace(), first.of(started)));
                var held = starting.remove(key);
                if (held != null) {
                    held.forEach(event -> events.publish(key.namespace(), event));
                }
            }
        }
    }

    @FunctionalInterface
    private interface EventOf {
        Event of(ProcessState state);
    }

    @Override
    public ProcessState create(String namespace, CreateTask task) {
        return holding(
                ProcessKey.init(namespace, task.containerId()),
                () -> runtime.create(namespace, task),
                state -> new Event.TaskCreated(
                        task.containerId(), state.bundle(), task.rootfs(), task.stdio(), "", state.pid()));
    }

    @Override
    public ProcessState start(ProcessKey key) {
        return holding(key, () -> runtime.start(key), state -> started(key, state));
    }

    @Override
    public TaskConnection start(ProcessKey key, OutputListener listener) {
        var connection = new AtomicReference<TaskConnection>();
        holding(
                key,
                () -> {
                    connection.set(runtime.start(key, listener));
                    return runtime.state(key);
                },
                state -> started(key, state));
        return connection.get();
    }

    private static Event started(ProcessKey key, ProcessState state) {
        return key.execId().isEmpty()
                ? new Event.TaskStarted(key.containerId(), state.pid())
                : new Event.TaskExecStarted(key.containerId(), key.execId(), state.pid());
    }

    @Override
    public TaskConnection attach(ProcessKey key, OutputListener listener) {
        return runtime.attach(key, listener);
    }

    @Override
    public void reopenLog(ProcessKey key) {
        runtime.reopenLog(key);
    }

    @Override
    public void exec(ProcessKey key, TypedBytes process, Stdio stdio) {
        runtime.exec(key, process, stdio);
        events.publish(key.namespace(), new Event.TaskExecAdded(key.containerId(), key.execId()));
    }

    @Override
    public Exit delete(ProcessKey key) {
        var exit = runtime.delete(key);
        if (key.execId().isEmpty()) {
            events.publish(
                    key.namespace(),
                    new Event.TaskDeleted(key.containerId(), exit.pid(), exit.status(), exit.exitedAt(), ""));
        }
        return exit;
    }

    @Override
    public void pause(String namespace, String containerId) {
        runtime.pause(namespace, containerId);
        events.publish(namespace, new Event.TaskPaused(containerId));
    }

    @Override
    public void resume(String namespace, String containerId) {
        runtime.resume(namespace, containerId);
        events.publish(namespace, new Event.TaskResumed(containerId));
    }

    @Override
    public ProcessState state(ProcessKey key) {
        return runtime.state(key);
    }

    @Override
    public List<ProcessState> list(String namespace) {
        return runtime.list(namespace);
    }

    @Override
    public Exit await(ProcessKey key) throws InterruptedException {
        return runtime.await(key);
    }

    @Override
    public Optional<Exit> await(ProcessKey key, Duration limit) throws InterruptedException {
        return runtime.await(key, limit);
    }

    @Override
    public void kill(ProcessKey key, int signal, boolean all) {
        runtime.kill(key, signal, all);
    }

    @Override
    public void resize(ProcessKey key, int width, int height) {
        runtime.resize(key, width, height);
    }

    @Override
    public void closeStdin(ProcessKey key) {
        runtime.closeStdin(key);
    }

    @Override
    public void update(String namespace, String containerId, TypedBytes resources) {
        runtime.update(namespace, containerId, resources);
    }

    @Override
    public List<Integer> pids(String namespace, String containerId) {
        return runtime.pids(namespace, containerId);
    }

    @Override
    public TaskMetrics metrics(String namespace, String containerId) {
        return runtime.metrics(namespace, containerId);
    }

    @Override
    public void checkpoint(String namespace, String containerId) {
        runtime.checkpoint(namespace, containerId);
    }

    @Override
    public void close() {
        runtime.close();
    }
}
