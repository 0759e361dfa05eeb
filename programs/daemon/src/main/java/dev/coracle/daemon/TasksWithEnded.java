package dev.coracle.daemon;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.engine.StoredEngine;
import dev.coracle.engine.containers.EndedRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Tasks as clients of containerd expect them: one that has ended is there until somebody deletes it, and says how it
/// ended.
/// The engine deletes the tasks of its own containers at their end; for those the answer is made up from what it
/// remembers.
final class TasksWithEnded implements TaskRuntime {
    private final TaskRuntime runtime;
    private final StoredEngine engine;

    TasksWithEnded(TaskRuntime runtime, StoredEngine engine) {
        this.runtime = runtime;
        this.engine = engine;
    }

    private Exit exit(ProcessKey key, NotFound missing) {
        return find(key).orElseThrow(() -> missing);
    }

    private Optional<Exit> find(ProcessKey key) {
        return key.execId().isEmpty()
                ? engine.ended(key.namespace(), key.containerId()).map(EndedRun::exit)
                : Optional.empty();
    }

    private static ProcessState state(String container, Exit exit) {
        return new ProcessState(
                container,
                "",
                exit.pid(),
                TaskStatus.STOPPED,
                new Stdio("", "", "", false),
                exit.status(),
                exit.exitedAt(),
                "");
    }

    @Override
    public ProcessState state(ProcessKey key) {
        try {
            return runtime.state(key);
        } catch (NotFound missing) {
            return state(key.containerId(), exit(key, missing));
        }
    }

    @Override
    public List<ProcessState> list(String namespace) {
        var states = new ArrayList<>(runtime.list(namespace));
        var there = states.stream().map(ProcessState::containerId).collect(Collectors.toSet());
        for (var run : engine.ended(namespace)) {
            if (!there.contains(run.containerId())) {
                states.add(state(run.containerId(), run.exit()));
            }
        }
        return List.copyOf(states);
    }

    @Override
    public Exit delete(ProcessKey key) {
        var exit = deleted(key);
        if (key.execId().isEmpty()) {
            engine.taken(key.namespace(), key.containerId(), exit);
        }
        return exit;
    }

    private Exit deleted(ProcessKey key) {
        try {
            return runtime.delete(key);
        } catch (NotFound missing) {
            return exit(key, missing);
        }
    }

    @Override
    public Exit await(ProcessKey key) throws InterruptedException {
        try {
            return runtime.await(key);
        } catch (NotFound missing) {
            return exit(key, missing);
        }
    }

    @Override
    public Optional<Exit> await(ProcessKey key, Duration limit) throws InterruptedException {
        try {
            return runtime.await(key, limit);
        } catch (NotFound missing) {
            return Optional.of(exit(key, missing));
        }
    }

    @Override
    public void kill(ProcessKey key, int signal, boolean all) {
        try {
            runtime.kill(key, signal, all);
        } catch (NotFound missing) {
            throw find(key).isPresent() ? new NotFound("process already finished", missing) : missing;
        }
    }

    @Override
    public List<Integer> pids(String namespace, String containerId) {
        try {
            return runtime.pids(namespace, containerId);
        } catch (NotFound missing) {
            exit(ProcessKey.init(namespace, containerId), missing);
            return List.of();
        }
    }

    @Override
    public void recover(ExitListener listener) {
        runtime.recover(listener);
    }

    @Override
    public ProcessState create(String namespace, CreateTask task) {
        return runtime.create(namespace, task);
    }

    @Override
    public ProcessState start(ProcessKey key) {
        return runtime.start(key);
    }

    @Override
    public void exec(ProcessKey key, TypedBytes process, Stdio stdio) {
        runtime.exec(key, process, stdio);
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
    public void pause(String namespace, String containerId) {
        runtime.pause(namespace, containerId);
    }

    @Override
    public void resume(String namespace, String containerId) {
        runtime.resume(namespace, containerId);
    }

    @Override
    public void update(String namespace, String containerId, TypedBytes resources) {
        runtime.update(namespace, containerId, resources);
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
