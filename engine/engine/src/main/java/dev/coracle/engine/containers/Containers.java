package dev.coracle.engine.containers;

import dev.coracle.core.containers.Container;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.engine.filters.PruneFilter;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/// The containers of one namespace. A container is named by its name, its id, or the beginning of one id only.
///
/// Safe for many threads: what changes one container is done one after the other, different containers do not wait for
/// each other. Methods that block can be interrupted. Unknown containers are NotFound (`no such container: x`).
public interface Containers {
    /// Makes a container and claims its name, or nothing.
    ///
    /// @param progress told about a pull, when one is needed
    /// @throws dev.coracle.base.EngineException.Conflict when the name is taken, naming the owner
    ContainerView create(ContainerOptions options, CreateProgress progress);

    /// All containers, also those another client made, the newest first.
    List<ContainerView> list();

    ContainerView get(String container);

    /// The record that the container store has of it, as every client of containerd sees it.
    Container record(String container);

    /// Disk taken by what was changed, and by all of it; walks through files.
    ContainerSize size(String container);

    void start(String container);

    /// Starts with somebody attached, who misses nothing.
    Attachment start(String container, AttachOptions attach);

    /// @throws dev.coracle.base.EngineException.FailedPrecondition when it does not run
    Attachment attach(String container, AttachOptions attach);

    /// Waits until it is in the state asked for.
    ///
    /// @return the exit status
    int await(String container, WaitFor state) throws InterruptedException;

    void stop(String container, StopOptions options) throws InterruptedException;

    void restart(String container, StopOptions options) throws InterruptedException;

    /// @param signal by name, with or without SIG, or number
    void kill(String container, String signal);

    void pause(String container);

    void unpause(String container);

    void rename(String container, String name);

    void update(String container, UpdateOptions options);

    /// @throws dev.coracle.base.EngineException.Conflict when it runs and is not to be killed
    void remove(String container, RemoveOptions options);

    /// Adds a process, with somebody attached, and starts it.
    Attachment exec(String container, ExecOptions options, AttachOptions attach);

    /// Adds a process that nobody is attached to, and starts it.
    ///
    /// @return its id
    String exec(String container, ExecOptions options);

    /// Reads the log; returns at its end, with `follow` when the container has ended.
    void logs(String container, LogQuery query, LogReader reader) throws InterruptedException;

    /// Runs `ps` on the container's processes.
    Top top(String container, List<String> psArguments);

    /// Measurements taken now.
    Stats stats(String container);

    /// What was added (`A`), changed (`C`) or deleted (`D`) since the image, by path.
    List<Change> diff(String container);

    /// Writes the whole file system as a tar archive.
    void export(String container, OutputStream archive);

    /// @return the new image's id
    String commit(String container, CommitOptions options);

    /// What is at a path in the container.
    PathStat stat(String container, String path);

    /// Writes a file or directory as a tar archive whose entries begin with its base name.
    PathStat copyFrom(String container, String path, boolean followLink, OutputStream archive);

    /// Unpacks a tar archive into a directory of the container.
    ///
    /// @param keepOwners whether owners are the archive's, or root
    void copyTo(String container, String directory, InputStream archive, boolean keepOwners);

    /// Connects to one more network, also while it runs.
    void connect(String container, EndpointSpec network);

    void disconnect(String container, String network);

    /// Runs the health check now.
    ///
    /// @return the state after it: `healthy`, `unhealthy` or `starting`
    String checkHealth(String container);

    /// Removes the containers that have ended or never started.
    Pruned prune(PruneFilter filter);

    /// What is waited for.
    enum WaitFor {
        NOT_RUNNING,
        NEXT_EXIT,
        REMOVED
    }

    /// What was removed.
    ///
    /// @param bytes what that freed
    record Pruned(List<String> ids, long bytes) {
        public Pruned {
            ids = List.copyOf(ids);
        }
    }
}
