package dev.coracle.shim;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.base.Identifiers;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Every runtime that is a shim: the runtime's name, or its absolute path, says which program. A
/// shim lives as long as its container's task, publishes the task's events itself, and goes on when
/// the daemon ends. The task of a container in a sandbox has no shim of its own: it is made in the
/// sandbox's, over a connection of its own, and leaves that alone when it is deleted.
///
/// A shim that dies leaves a container that nobody waits for: its program is asked to delete what
/// is left, the task is told to have ended (137, unless the program knows better) and is gone.
public final class ShimRuntime implements TaskRuntime {
    private static final System.Logger LOG = System.getLogger(ShimRuntime.class.getName());
    private static final int KILLED = 137;

    /// What the shim of a sandbox speaks that makes tasks of several containers.
    private static final int SHARED = 3;

    private final ShimSettings settings;
    private final ShimProcesses processes;
    private final ShimSandboxes sandboxes;
    private final SandboxRecords records;
    private final EventExchange events;
    private final InstantSource clock;
    private final ShimBundles bundles;
    private final Map<String, Shim> shims = new ConcurrentHashMap<>();
    private volatile ExitListener listener = (_, _) -> {};
    private volatile boolean closed;

    /// @param records which sandboxes there are for clients
    public ShimRuntime(
            ShimSettings settings,
            Spawner spawner,
            Mounter mounter,
            EventExchange events,
            InstantSource clock,
            SandboxRecords records) {
        this.settings = settings;
        this.processes = new ShimProcesses(settings, spawner, clock);
        this.sandboxes = new ShimSandboxes(settings, spawner, mounter, events, clock);
        this.records = records;
        this.events = events;
        this.clock = clock;
        this.bundles = ShimBundles.ofTasks(settings, mounter);
    }

    /// Whether there is a record of a sandbox.
    @FunctionalInterface
    public interface SandboxRecords {
        boolean has(String namespace, String sandbox);
    }

    /// The sandboxes whose shims tasks are made in.
    public ShimSandboxes sandboxes() {
        return sandboxes;
    }

    /// Whether a sandbox has a shim that tasks are made in, whatever runtime their containers name.
    ///
    /// @throws NotFound when the sandbox has a record and no shim
    public boolean takes(String namespace, String sandbox) {
        return home(namespace, sandbox).isPresent();
    }

    /// A sandbox without a record is one of older clients, and an older shim takes one container:
    /// such tasks get a shim of their own.
    private Optional<Shim> home(String namespace, String sandbox) {
        if (sandbox.isEmpty() || !records.has(namespace, sandbox)) {
            return Optional.empty();
        }
        var shim = sandboxes
                .find(namespace, sandbox)
                .orElseThrow(() -> new NotFound("failed to start shim: can't find shim for sandbox " + sandbox));
        return Optional.of(shim).filter(found -> found.api().version() >= SHARED);
    }

    /// Whether this container's task has a shim.
    public boolean has(String namespace, String containerId) {
        return shims.containsKey(name(namespace, containerId));
    }

    /// What a runtime says of itself, as bytes of a `containerd.types.RuntimeInfo`.
    public byte[] info(String runtime, TypedBytes options) {
        return processes.program(runtime).info(options, settings.state());
    }

    private static String name(String namespace, String containerId) {
        return namespace + "/" + containerId;
    }

    private static String name(Shim shim) {
        return name(shim.namespace(), shim.id());
    }

    private Shim shim(String namespace, String containerId) {
        var shim = shims.get(name(namespace, containerId));
        if (shim == null) {
            throw new NotFound("task " + containerId + " not found");
        }
        return shim;
    }

    private Shim shim(ProcessKey key) {
        return shim(key.namespace(), key.containerId());
    }

    @Override
    public void recover(ExitListener told) {
        listener = told;
        sandboxes.recover();
        try {
            for (var namespace : bundles.namespaces()) {
                for (var id : bundles.ids(namespace)) {
                    recover(namespace, id);
                }
            }
        } catch (IOException e) {
            throw new Unknown("look for shims: " + e.getMessage(), e);
        }
    }

    /// One bad directory does not keep the others from being found.
    private void recover(String namespace, String id) {
        try {
            var bundle = bundles.of(namespace, id);
            var program = ShimBundles.program(bundle);
            if (program.isPresent()) {
                var shim = new Shim(
                        namespace, id, bundle, processes.program(program.get()), ShimBundles.isInSandbox(bundle));
                shims.put(name(shim), shim);
                recover(shim);
            }
        } catch (IOException | EngineException e) {
            LOG.log(System.Logger.Level.ERROR, "find again the shim of " + id + " of namespace " + namespace, e);
        }
    }

    private void recover(Shim shim) throws IOException {
        var bootstrap = Bootstrap.read(shim.bundle());
        if (bootstrap.isEmpty()) {
            discard(shim); // the daemon ended while the shim was being started
            return;
        }
        try {
            processes.connect(shim, bootstrap.get(), () -> died(shim));
            shim.created(shim.api().connect().getTaskPid());
            var _ = shim.api().state("");
        } catch (NotFound _) {
            discard(shim); // it had no task yet, and nobody waits for one any more
            return;
        } catch (IOException | EngineException e) {
            LOG.log(System.Logger.Level.WARNING, "shim does not answer container=" + shim.id() + " error=" + e);
            shim.release();
            bury(shim);
            return;
        }
        watch(shim);
    }

    @Override
    public ProcessState create(String namespace, CreateTask task) {
        var id = Identifiers.require("container", task.containerId());
        var home = home(namespace, task.sandbox());
        var program = home.map(Shim::program).orElseGet(() -> processes.program(task.runtime()));
        var shim = new Shim(namespace, id, bundles.of(namespace, id), program, home.isPresent());
        if (shims.putIfAbsent(name(shim), shim) != null) {
            throw new AlreadyExists("task " + id + " already exists");
        }
        var made = false;
        try {
            bundles.make(namespace, id, program.path(), task.spec());
            made = true;
            var bootstrap =
                    home.isPresent() ? enter(shim, home.get(), task.sandbox()) : processes.start(shim, task.options());
            processes.connect(shim, bootstrap, () -> died(shim));
            shim.created(shim.api().create(task, shim.bundle()));
            watch(shim);
            return new ProcessState(
                    id,
                    "",
                    shim.pid(),
                    TaskStatus.CREATED,
                    task.stdio(),
                    0,
                    Instant.EPOCH,
                    shim.bundle().toString());
        } catch (IOException e) {
            undo(shim, made);
            throw new Unknown("create task " + id + ": " + e, e);
        } catch (EngineException e) {
            undo(shim, made);
            throw e;
        }
    }

    /// Writes down for the daemons to come where the task is.
    private static Bootstrap enter(Shim shim, Shim home, String sandbox) throws IOException {
        var bootstrap =
                Bootstrap.read(home.bundle()).orElseThrow(() -> new NotFound("can't find shim for sandbox " + sandbox));
        ShimBundles.enter(shim.bundle(), sandbox);
        bootstrap.write(shim.bundle());
        return bootstrap;
    }

    private void undo(Shim shim, boolean made) {
        if (made) {
            discard(shim);
        }
        shims.remove(name(shim), shim);
    }

    /// Removes a shim that never had a task anybody knows of.
    private void discard(Shim shim) {
        if (!shim.claim()) {
            return;
        }
        try {
            if (shim.isShared() && shim.isConnected()) {
                shim.api().delete("");
            } else {
                shim.shutdown(true);
                shim.program().delete(shim.namespace(), shim.id(), shim.bundle());
            }
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.DEBUG, "undo shim container=" + shim.id(), e);
        }
        remove(shim);
    }

    private void remove(Shim shim) {
        shim.release();
        try {
            bundles.remove(shim.namespace(), shim.id());
        } catch (IOException | EngineException e) {
            LOG.log(System.Logger.Level.ERROR, "remove the bundle " + shim.bundle(), e);
        }
        shims.remove(name(shim), shim);
    }

    /// Waits for the end of the init process, on a thread of its own.
    private void watch(Shim shim) {
        Thread.ofVirtual().name("shim-wait-" + shim.id()).start(() -> {
            try {
                tell(shim, shim.api().await("", shim.pid()));
            } catch (EngineException e) {
                LOG.log(System.Logger.Level.DEBUG, "wait for container=" + shim.id(), e);
            }
        });
    }

    private boolean tell(Shim shim, Exit exit) {
        if (!shim.ended(exit)) {
            return false;
        }
        listener.exited(ProcessKey.init(shim.namespace(), shim.id()), exit);
        return true;
    }

    /// The connection ended, though we did not close it.
    private void died(Shim shim) {
        if (!closed) {
            bury(shim);
        }
    }

    private void bury(Shim shim) {
        if (!shim.claim()) {
            return; // it ends because it was told to
        }
        LOG.log(System.Logger.Level.WARNING, "shim has died container=" + shim.id());
        var exit = processes.cleanUp(shim, KILLED);
        var known = shim.exit();
        if (known.isEmpty()) {
            events.publish(
                    shim.namespace(),
                    new Event.TaskExited(shim.id(), shim.id(), exit.pid(), exit.status(), exit.exitedAt()));
        }
        var last = known.orElse(exit);
        remove(shim);
        events.publish(
                shim.namespace(), new Event.TaskDeleted(shim.id(), last.pid(), last.status(), last.exitedAt(), ""));
        tell(shim, exit);
    }

    @Override
    public ProcessState start(ProcessKey key) {
        var shim = shim(key);
        shim.api().start(key.execId());
        return state(key);
    }

    @Override
    public void exec(ProcessKey key, TypedBytes process, Stdio stdio) {
        Identifiers.require("exec id", key.execId());
        shim(key).api().exec(key.execId(), process, stdio);
    }

    /// A shim that does not answer in time has a task whose state is not known.
    @Override
    public ProcessState state(ProcessKey key) {
        var shim = shim(key);
        try {
            return shim.api().state(key.execId());
        } catch (Unavailable e) {
            if (!key.execId().isEmpty()) {
                throw e;
            }
            return new ProcessState(
                    shim.id(),
                    "",
                    shim.pid(),
                    TaskStatus.UNKNOWN,
                    new Stdio("", "", "", false),
                    0,
                    Instant.EPOCH,
                    shim.bundle().toString());
        }
    }

    @Override
    public List<ProcessState> list(String namespace) {
        return shims.values().stream()
                .filter(shim -> shim.namespace().equals(namespace) && shim.pid() != 0)
                .flatMap(shim -> found(shim).stream())
                .toList();
    }

    private Optional<ProcessState> found(Shim shim) {
        try {
            return Optional.of(state(ProcessKey.init(shim.namespace(), shim.id())));
        } catch (NotFound _) {
            return Optional.empty(); // deleted while we looked
        }
    }

    @Override
    public Exit await(ProcessKey key) throws InterruptedException {
        var shim = shim(key);
        return key.execId().isEmpty() ? shim.await() : shim.api().await(key.execId(), pid(key));
    }

    private int pid(ProcessKey key) {
        return state(key).pid();
    }

    @Override
    public Optional<Exit> await(ProcessKey key, Duration limit) throws InterruptedException {
        var shim = shim(key);
        if (key.execId().isEmpty()) {
            return shim.await(limit);
        }
        throw new NotImplemented("wait for a while for process " + key.execId() + " of " + key.containerId());
    }

    @Override
    public void kill(ProcessKey key, int signal, boolean all) {
        shim(key).api().kill(key.execId(), signal, all);
    }

    @Override
    public Exit delete(ProcessKey key) {
        var shim = shim(key);
        if (!key.execId().isEmpty()) {
            return shim.api().delete(key.execId());
        }
        if (!shim.claim()) {
            throw new NotFound("task " + key.containerId() + " not found");
        }
        Exit exit;
        try {
            exit = shim.api().delete("");
        } catch (NotFound e) {
            exit = shim.exit().orElseThrow(() -> e); // the shim has let go of it already
        } catch (Unavailable e) {
            shim.unclaim();
            bury(shim);
            throw new NotFound("task " + key.containerId() + " not found", e);
        } catch (EngineException e) {
            shim.unclaim();
            throw e;
        }
        tell(shim, exit);
        shim.shutdown(false);
        remove(shim);
        return exit;
    }

    @Override
    public void resize(ProcessKey key, int width, int height) {
        shim(key).api().resize(key.execId(), width, height);
    }

    @Override
    public void closeStdin(ProcessKey key) {
        shim(key).api().closeStdin(key.execId());
    }

    @Override
    public void pause(String namespace, String containerId) {
        shim(namespace, containerId).api().pause();
    }

    @Override
    public void resume(String namespace, String containerId) {
        shim(namespace, containerId).api().resume();
    }

    @Override
    public void update(String namespace, String containerId, TypedBytes resources) {
        shim(namespace, containerId).api().update(resources);
    }

    @Override
    public List<Integer> pids(String namespace, String containerId) {
        return shim(namespace, containerId).api().pids();
    }

    @Override
    public TaskMetrics metrics(String namespace, String containerId) {
        var stats = shim(namespace, containerId).api().stats();
        return new TaskMetrics(containerId, clock.instant(), ShimMetrics.figures(stats));
    }

    @Override
    public void close() {
        closed = true;
        shims.values().forEach(Shim::release);
        sandboxes.close();
    }
}
