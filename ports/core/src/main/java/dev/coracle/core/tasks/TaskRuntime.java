package dev.coracle.core.tasks;

import dev.coracle.core.types.TypedBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Runs containers: the driver behind one runtime name. A process is named by namespace,
/// container id and exec id (empty for the init process). Tasks outlive this object and the JVM;
/// [#recover] finds them again.
///
/// Safe for many threads; calls on one task are serialised inside. Unknown tasks and processes
/// are NotFound.
public interface TaskRuntime extends AutoCloseable {
    /// Names one process.
    record ProcessKey(String namespace, String containerId, String execId) {
        public static ProcessKey init(String namespace, String containerId) {
            return new ProcessKey(namespace, containerId, "");
        }
    }

    /// Told about every exit exactly once per life of the runtime, in order, on a thread of the
    /// runtime; exits that happened while no daemon ran are told by [#recover].
    interface ExitListener {
        void exited(ProcessKey key, Exit exit);

        default void oom(ProcessKey key) {}
    }

    /// Looks through the state directory: finds tasks that run, learns the exits that were
    /// missed, finishes or removes what was half made. Called once, before anything else.
    void recover(ExitListener listener);

    /// Makes the task; its process exists and waits to be started.
    ///
    /// @throws dev.coracle.base.EngineException.AlreadyExists when the container has a task
    ProcessState create(String namespace, CreateTask task);

    /// Starts the init process, or an added one.
    ProcessState start(ProcessKey key);

    /// As [#start], with somebody attached who misses nothing.
    default TaskConnection start(ProcessKey key, OutputListener listener) {
        throw new dev.coracle.base.EngineException.NotImplemented("attach to " + key.containerId());
    }

    /// Connects to a process whose [Stdio] allows it; what it wrote before is not told.
    ///
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when its stdio does not allow it
    /// @throws dev.coracle.base.EngineException.NotFound when the process has ended
    default TaskConnection attach(ProcessKey key, OutputListener listener) {
        throw new dev.coracle.base.EngineException.NotImplemented("attach to " + key.containerId());
    }

    /// Has the runtime open the log of the init process anew, after the file was renamed; no byte is lost.
    default void reopenLog(ProcessKey key) {
        throw new dev.coracle.base.EngineException.NotImplemented("reopen the log of " + key.containerId());
    }

    /// Adds a process to a running task; started by [#start].
    ///
    /// @throws dev.coracle.base.EngineException.AlreadyExists when the exec id is taken
    void exec(ProcessKey key, TypedBytes process, Stdio stdio);

    ProcessState state(ProcessKey key);

    /// The init processes of all tasks of a namespace.
    List<ProcessState> list(String namespace);

    /// Blocks until the process has ended; answers at once when it has. Works before start.
    Exit await(ProcessKey key) throws InterruptedException;

    /// As [#await], but gives up: the duration counts from the call.
    Optional<Exit> await(ProcessKey key, Duration limit) throws InterruptedException;

    /// Sends a signal; `all` reaches every process of the container.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when the process has ended ("process
    ///     already finished")
    void kill(ProcessKey key, int signal, boolean all);

    /// Forgets a process that has ended. For the init process everything of the task goes:
    /// mounts, cgroup, bundle, logger.
    ///
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when it still runs
    Exit delete(ProcessKey key);

    /// Sets the terminal's size in characters.
    void resize(ProcessKey key, int width, int height);

    /// Closes the side of stdin that is held for the client, so that the process sees the end of
    /// its input.
    void closeStdin(ProcessKey key);

    void pause(String namespace, String containerId);

    void resume(String namespace, String containerId);

    /// Changes limits; `resources` is an OCI LinuxResources in JSON.
    void update(String namespace, String containerId, TypedBytes resources);

    /// Process ids, as the daemon sees them, of everything in the container.
    List<Integer> pids(String namespace, String containerId);

    /// Measurements of the container's cgroup, taken now.
    TaskMetrics metrics(String namespace, String containerId);

    /// Writes a checkpoint, where the runtime can.
    default void checkpoint(String namespace, String containerId) {
        throw new dev.coracle.base.EngineException.NotImplemented("checkpoint container " + containerId
                        + ": the memory of processes is written by criu, which needs rights that no user has")
                .remedy("leave the memory out: ctr containers checkpoint --rw --image");
    }

    /// Lets go of everything without touching the tasks.
    @Override
    void close();

    /// Control group v2 figures: flat keys of the kernel's files (`memory.current`,
    /// `cpu.stat/usage_usec`, `pids.current` ...) to numbers.
    record TaskMetrics(String containerId, Instant taken, java.util.Map<String, Long> figures) {
        public TaskMetrics {
            figures = java.util.Map.copyOf(figures);
        }
    }
}
