package dev.coracle.shim;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.base.Identifiers;
import dev.coracle.containerd.api.shim.sandbox.CreateSandboxRequest;
import dev.coracle.containerd.api.shim.sandbox.SandboxMetricsResponse;
import dev.coracle.containerd.api.shim.sandbox.SandboxStatusResponse;
import dev.coracle.containerd.api.shim.sandbox.StartSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.WaitSandboxResponse;
import dev.coracle.core.containers.Container.RuntimeRef;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Sandboxes that shims run, containerd's sandboxer `shim`. Each has a shim of its own, which lives
/// until the sandbox is shut down and goes on when the daemon ends; the tasks of the sandbox's
/// containers are made in it.
///
/// A sandbox whose creation or start fails is gone, and so is one whose shim dies. Whenever one
/// ends, its program is asked to delete what is left, and clients that had heard of it are told of
/// its end as of a task's, as containerd does.
public final class ShimSandboxes implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ShimSandboxes.class.getName());
    private static final Duration UNDO = Duration.ofSeconds(5);
    private static final int KILLED = 137;

    private final ShimProcesses processes;
    private final EventExchange events;
    private final ShimBundles bundles;
    private final Map<String, Shim> shims = new ConcurrentHashMap<>();
    private final Set<String> making = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public ShimSandboxes(
            ShimSettings settings, Spawner spawner, Mounter mounter, EventExchange events, InstantSource clock) {
        this.processes = new ShimProcesses(settings, spawner, clock);
        this.events = events;
        this.bundles = ShimBundles.ofSandboxes(settings, mounter);
    }

    private static String name(String namespace, String id) {
        return namespace + "/" + id;
    }

    private static String name(Shim shim) {
        return name(shim.namespace(), shim.id());
    }

    private static SandboxApi api(Shim shim) {
        return new SandboxApi(shim.api().client(), shim.id());
    }

    /// The shim that a sandbox runs in, if it runs.
    Optional<Shim> find(String namespace, String id) {
        return Optional.ofNullable(shims.get(name(namespace, id)));
    }

    private Shim get(String namespace, String id) {
        return find(namespace, id).orElseThrow(() -> new NotFound("sandbox \"" + id + "\""));
    }

    /// Finds the sandboxes of an earlier daemon again. One whose creation nobody has heard of is
    /// removed, and one whose shim has died meanwhile is cleaned up after.
    public void recover() {
        try {
            for (var namespace : bundles.namespaces()) {
                for (var id : bundles.ids(namespace)) {
                    recover(namespace, id);
                }
            }
        } catch (IOException e) {
            throw new Unknown("look for sandboxes: " + e.getMessage(), e);
        }
    }

    /// One bad directory does not keep the others from being found.
    private void recover(String namespace, String id) {
        try {
            var bundle = bundles.of(namespace, id);
            var program = ShimBundles.program(bundle);
            if (program.isPresent()) {
                recover(new Shim(namespace, id, bundle, processes.program(program.get()), false));
            }
        } catch (IOException | EngineException e) {
            LOG.log(System.Logger.Level.ERROR, "find again the sandbox " + id + " of namespace " + namespace, e);
        }
    }

    private void recover(Shim shim) throws IOException {
        var bootstrap = Bootstrap.read(shim.bundle());
        var isComplete = ShimBundles.isComplete(shim.bundle());
        if (isComplete) {
            shims.put(name(shim), shim);
        }
        try {
            if (bootstrap.isPresent()) {
                processes.connect(shim, bootstrap.get(), () -> died(shim));
                api(shim).ping();
            }
        } catch (IOException | Unavailable e) {
            LOG.log(System.Logger.Level.WARNING, "shim does not answer sandbox=" + shim.id() + " error=" + e);
            if (isComplete) {
                bury(shim);
            }
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.DEBUG, "shim lives, but knows no ping sandbox=" + shim.id(), e);
        }
        if (!isComplete) {
            discard(shim);
        }
    }

    /// Starts a shim and has it make a sandbox.
    ///
    /// @param spec none when the sandbox has none
    /// @param request without the bundle's path
    public void create(String namespace, RuntimeRef runtime, TypedBytes spec, CreateSandboxRequest request) {
        var id = Identifiers.require("sandbox id", request.getSandboxId());
        var name = name(namespace, id);
        if (shims.containsKey(name) || !making.add(name)) {
            throw new AlreadyExists("sandbox " + id + " already running");
        }
        try {
            make(
                    new Shim(namespace, id, bundles.of(namespace, id), program(id, runtime), false),
                    runtime,
                    spec,
                    request);
        } finally {
            making.remove(name);
        }
    }

    /// A runtime that cannot be found has no code of its own, as in containerd.
    private ShimProgram program(String id, RuntimeRef runtime) {
        var failed = "failed to start new shim for sandbox " + id + ": failed to resolve runtime path: ";
        if (runtime.name().isEmpty()) {
            throw new Unknown(failed + "no runtime name");
        }
        try {
            return processes.program(runtime.name());
        } catch (NotFound | InvalidArgument e) {
            throw new Unknown(failed + e.message(), e);
        }
    }

    private void make(Shim shim, RuntimeRef runtime, TypedBytes spec, CreateSandboxRequest request) {
        var made = false;
        try {
            bundles.make(shim.namespace(), shim.id(), shim.program().path(), spec);
            made = true;
            start(shim, runtime.options());
            create(shim, request);
            ShimBundles.complete(shim.bundle());
            shims.put(name(shim), shim);
            if (!shim.isConnected()) {
                bury(shim);
                throw new Unavailable("failed to create sandbox " + shim.id() + ": the shim has ended");
            }
        } catch (IOException e) {
            undo(shim, made);
            throw new Unknown("failed to create sandbox " + shim.id() + ": " + e, e);
        } catch (EngineException e) {
            undo(shim, made);
            throw e;
        }
    }

    private void start(Shim shim, TypedBytes options) throws IOException {
        try {
            processes.connect(shim, processes.start(shim, options), () -> died(shim));
        } catch (EngineException e) {
            throw e.within("failed to start new shim for sandbox " + shim.id());
        }
    }

    private static void create(Shim shim, CreateSandboxRequest request) {
        try {
            api(shim)
                    .create(request.toBuilder()
                            .setBundlePath(shim.bundle().toString())
                            .build());
        } catch (EngineException e) {
            throw e.within("failed to create sandbox " + shim.id());
        }
    }

    private void undo(Shim shim, boolean made) {
        if (made) {
            discard(shim);
        }
    }

    /// Ends a sandbox that nobody wants, and its shim, also when that has no sandbox API.
    private void discard(Shim shim) {
        if (!shim.claim()) {
            return;
        }
        if (shim.isConnected()) {
            try {
                api(shim).shutdown(UNDO);
            } catch (EngineException e) {
                LOG.log(System.Logger.Level.DEBUG, "undo sandbox=" + shim.id(), e);
            }
            shim.shutdown(true);
        }
        end(shim, shims.remove(name(shim), shim), 0);
    }

    /// Removes what is left of a shim that has been claimed.
    ///
    /// @param status of the sandbox, unless the program knows better
    private void end(Shim shim, boolean isKnown, int status) {
        shim.release();
        var exit = processes.cleanUp(shim, status);
        try {
            bundles.remove(shim.namespace(), shim.id());
        } catch (IOException | EngineException e) {
            LOG.log(System.Logger.Level.ERROR, "remove the bundle " + shim.bundle(), e);
        }
        if (isKnown) {
            var id = shim.id();
            events.publish(shim.namespace(), new Event.TaskExited(id, id, exit.pid(), exit.status(), exit.exitedAt()));
            events.publish(shim.namespace(), new Event.TaskDeleted(id, exit.pid(), exit.status(), exit.exitedAt(), ""));
        }
    }

    private void died(Shim shim) {
        if (!closed) {
            bury(shim);
        }
    }

    private void bury(Shim shim) {
        var isKnown = shims.remove(name(shim), shim);
        if (!shim.claim()) {
            return; // it ends because it was told to
        }
        LOG.log(System.Logger.Level.WARNING, "shim has died sandbox=" + shim.id());
        end(shim, isKnown, KILLED);
    }

    /// Starts a sandbox; one that cannot be started is gone.
    public StartSandboxResponse start(String namespace, String id) {
        // without a code, as in containerd
        var shim = find(namespace, id).orElseThrow(() -> new Unknown("unable to find sandbox \"" + id + "\""));
        try {
            return api(shim).start();
        } catch (EngineException e) {
            discard(shim);
            throw e.within("failed to start sandbox " + id);
        }
    }

    /// Stops a sandbox; nothing happens when there is none.
    ///
    /// @param seconds that it has to end by itself; zero for the shim's own choice
    public void stop(String namespace, String id, int seconds) {
        var shim = find(namespace, id);
        if (shim.isEmpty()) {
            return;
        }
        try {
            api(shim.get()).stop(seconds);
        } catch (NotFound | Unavailable gone) {
            LOG.log(System.Logger.Level.DEBUG, "stop sandbox=" + id, gone);
        } catch (EngineException e) {
            throw e.within("failed to stop sandbox");
        }
    }

    /// How a sandbox ended; waits for that.
    public WaitSandboxResponse await(String namespace, String id) {
        try {
            return api(get(namespace, id)).await();
        } catch (NotFound e) {
            throw e;
        } catch (EngineException e) {
            throw e.within("failed to wait sandbox " + id);
        }
    }

    /// What its shim says of a sandbox; empty when there is none.
    public Optional<SandboxStatusResponse> status(String namespace, String id, boolean verbose) {
        try {
            return find(namespace, id).map(shim -> api(shim).status(verbose));
        } catch (EngineException e) {
            throw e.within("failed to query sandbox " + id + " status");
        }
    }

    public SandboxMetricsResponse metrics(String namespace, String id) {
        return api(get(namespace, id)).metrics();
    }

    /// Ends a sandbox with its shim, and removes everything of it.
    public void shutdown(String namespace, String id) {
        var shim = get(namespace, id);
        if (!shim.claim()) {
            throw new NotFound("sandbox \"" + id + "\"");
        }
        try {
            api(shim).shutdown(Duration.ZERO);
        } catch (EngineException e) {
            if (shim.isConnected()) {
                shim.unclaim();
                if (!shim.isConnected()) {
                    bury(shim);
                }
                throw e.within("failed to shutdown sandbox");
            }
        }
        shims.remove(name(shim), shim);
        end(shim, true, 0);
    }

    @Override
    public void close() {
        closed = true;
        shims.values().forEach(Shim::release);
    }
}
