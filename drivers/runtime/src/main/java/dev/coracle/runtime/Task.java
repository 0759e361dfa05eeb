package dev.coracle.runtime;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// One container that has processes. Its lock is held across the runtime's commands on purpose: two commands of one
/// container must not meet, and nobody else waits for it. Questions and waiting do not take it.
final class Task {
    private final ProcessKey key;
    private final Path bundle;
    private final TaskProcess init;
    private final Map<String, TaskProcess> added = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger starting = new AtomicInteger();
    private volatile TaskRecord record;

    Task(Path bundle, TaskProcess init, TaskRecord record) {
        this.key = init.key();
        this.bundle = bundle;
        this.init = init;
        this.record = record;
    }

    String namespace() {
        return key.namespace();
    }

    String id() {
        return key.containerId();
    }

    Path bundle() {
        return bundle;
    }

    Path rootfs() {
        return bundle.resolve("rootfs");
    }

    ReentrantLock lock() {
        return lock;
    }

    TaskRecord record() {
        return record;
    }

    void record(TaskRecord changed) throws IOException {
        changed.write(bundle);
        record = changed;
    }

    TaskProcess init() {
        return init;
    }

    Map<String, TaskProcess> added() {
        return added;
    }

    /// How many added processes are being started.
    AtomicInteger starting() {
        return starting;
    }

    Path execs() {
        return bundle.resolve("exec");
    }

    Path directoryOf(String execId) {
        return execs().resolve(execId);
    }

    List<TaskProcess> processes() {
        var all = new ArrayList<>(List.of(init));
        all.addAll(added.values());
        return all;
    }

    TaskProcess process(String execId) {
        if (execId.isEmpty()) {
            return init;
        }
        var process = added.get(execId);
        if (process == null) {
            throw new NotFound("process " + execId + " of task " + id() + " not found");
        }
        return process;
    }

    ProcessState state(TaskProcess process) {
        return process.state(bundle, record.paused());
    }
}
