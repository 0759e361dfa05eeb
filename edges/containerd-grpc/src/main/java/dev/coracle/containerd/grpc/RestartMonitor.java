package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.containerd.grpc.ContainerdServer.Ports;
import dev.coracle.core.containers.Container;
import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.types.FieldMask;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// Starts containers again that clients have labelled so ([RestartRule]), and ends those that are
/// labelled to be stopped. containerd looks at everything every ten seconds; here an exit is
/// followed at once, after a moment that grows while a container keeps ending, up to the
/// configured interval.
///
/// A container that has no task yet is left alone for an interval: its client is at work.
/// The engine's own containers do not have the status label and are restarted by the engine.
public final class RestartMonitor implements AutoCloseable {
    /// What `Introspection.Plugins` says this can do.
    public static final List<String> POLICIES = List.of("no", "always", "on-failure", "unless-stopped");

    /// As containerd's.
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger("dev.coracle.containerd.grpc");
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final int KILL = 9;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Ports ports;
    private final Duration interval;
    private final InstantSource clock;
    private final ScheduledExecutorService timer;
    private final Map<Key, Watched> watched = new ConcurrentHashMap<>();
    private final EventExchange.Subscription subscription;

    private record Key(String namespace, String id) {}

    /// How often one container was started in a row, and when last. Its lock is held while it is
    /// looked at.
    private static final class Watched {
        private final ReentrantLock lock = new ReentrantLock();
        private int inARow;
        private Instant started = Instant.EPOCH;
    }

    private RestartMonitor(Ports ports, Duration interval, InstantSource clock) {
        this.ports = ports;
        this.interval = interval;
        this.clock = clock;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("restart-monitor").factory());
        this.subscription = ports.events().subscribe(RestartMonitor::matters, this::heard);
    }

    /// Watches from now on, and looks at what is there.
    ///
    /// @param interval the longest time until a container is started again
    public static RestartMonitor open(Ports ports, Duration interval, InstantSource clock) {
        var monitor = new RestartMonitor(ports, interval, clock);
        monitor.later(Duration.ZERO, monitor::lookAtAll);
        return monitor;
    }

    private static boolean matters(Envelope envelope) {
        return switch (envelope.event().topic()) {
            case "/tasks/exit", "/tasks/delete", "/containers/update", "/containers/delete" -> true;
            default -> false;
        };
    }

    private void heard(Envelope envelope) {
        switch (EventsWire.local(envelope.event())) {
            case Event.TaskExited exited
            when exited.id().equals(exited.containerId()) ->
                look(new Key(envelope.namespace(), exited.containerId()), Optional.empty());
            case Event.TaskDeleted deleted
            when deleted.id().isEmpty() ->
                look(new Key(envelope.namespace(), deleted.containerId()), Optional.of(interval));
            case Event.ContainerUpdated updated -> look(new Key(envelope.namespace(), updated.id()), Optional.empty());
            case Event.ContainerDeleted deleted -> watched.remove(new Key(envelope.namespace(), deleted.id()));
            default -> {}
        }
    }

    private void lookAtAll() {
        for (var namespace : ports.stores().namespaces().list()) {
            var labelled = Filter.parse(List.of("labels.\"" + RestartRule.STATUS + "\""));
            for (var container :
                    ports.stores().in(Scope.of(namespace)).containers().list(labelled)) {
                look(new Key(namespace, container.id()), Optional.empty());
            }
        }
    }

    private void look(Key key, Optional<Duration> delay) {
        var rule = find(key).flatMap(container -> rule(key, container));
        if (rule.isEmpty()) {
            watched.remove(key);
            return;
        }
        var state = watched.computeIfAbsent(key, _ -> new Watched());
        later(delay.orElseGet(() -> pause(state)), () -> act(key, state));
    }

    /// A second at first, twice as long each time it ends again before it has run for an interval.
    private Duration pause(Watched state) {
        var ran = Duration.between(state.started, clock.instant());
        if (ran.compareTo(interval) > 0) {
            state.inARow = 0;
        }
        var pause = FIRST.multipliedBy(1L << Math.min(state.inARow, 10));
        return pause.compareTo(interval) < 0 ? pause : interval;
    }

    private void later(Duration delay, Runnable work) {
        try {
            timer.schedule(
                    () -> {
                        Thread.ofVirtual().name("restart").start(() -> guarded(work));
                    },
                    delay.toNanos(),
                    TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            LOG.log(Level.DEBUG, "restart monitor is closed");
        }
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (EngineException e) {
            LOG.log(Level.ERROR, "restart monitor error=" + e.message(), e);
        }
    }

    private Optional<Container> find(Key key) {
        try {
            return Optional.of(
                    ports.stores().in(Scope.of(key.namespace())).containers().get(key.id()));
        } catch (NotFound _) {
            return Optional.empty();
        }
    }

    private static Optional<RestartRule> rule(Key key, Container container) {
        try {
            return RestartRule.of(container.labels());
        } catch (EngineException e) {
            LOG.log(Level.ERROR, "restart container=" + key.id() + " error=" + e.message());
            return Optional.empty();
        }
    }

    private void act(Key key, Watched state) {
        state.lock.lock();
        try {
            var container = find(key);
            var rule = container.flatMap(found -> rule(key, found));
            if (container.isPresent() && rule.isPresent()) {
                act(key, container.get(), rule.get(), state);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (EngineException e) {
            LOG.log(Level.ERROR, "restart container=" + key.id() + " error=" + e.message());
            later(interval, () -> act(key, state));
        } finally {
            state.lock.unlock();
        }
    }

    private void act(Key key, Container container, RestartRule rule, Watched state) throws InterruptedException {
        var task = task(key);
        switch (rule.wanted()) {
            case STOPPED -> {
                if (task.isPresent() && isAlive(task.get())) {
                    end(key);
                }
            }
            case RUNNING -> {
                if (task.map(RestartMonitor::hasEnded).orElse(true) && rule.restarts(task)) {
                    start(key, counted(key, container, rule), rule, state);
                }
            }
        }
    }

    private Optional<ProcessState> task(Key key) {
        try {
            return Optional.of(ports.tasks().state(ProcessKey.init(key.namespace(), key.id())));
        } catch (NotFound _) {
            return Optional.empty();
        }
    }

    private static boolean isAlive(ProcessState task) {
        return switch (task.status()) {
            case RUNNING, PAUSED, PAUSING -> true;
            case CREATED, STOPPED, UNKNOWN -> false;
        };
    }

    private static boolean hasEnded(ProcessState task) {
        return switch (task.status()) {
            case STOPPED -> true;
            case CREATED, RUNNING, PAUSED, PAUSING, UNKNOWN -> false;
        };
    }

    private void end(Key key) throws InterruptedException {
        var init = ProcessKey.init(key.namespace(), key.id());
        try {
            ports.tasks().kill(init, KILL, true);
        } catch (NotFound _) {
            LOG.log(Level.DEBUG, () -> "already ended container=" + key.id());
        }
        try {
            ports.tasks().await(init);
            ports.tasks().delete(init);
        } catch (NotFound _) {
            LOG.log(Level.DEBUG, () -> "already deleted container=" + key.id());
        }
    }

    private Container counted(Key key, Container container, RestartRule rule) {
        var labels = new HashMap<>(container.labels());
        labels.put(RestartRule.COUNT, Integer.toString(rule.count() + 1));
        var changed = new Container(
                container.id(),
                labels,
                container.image(),
                container.runtime(),
                container.spec(),
                container.snapshotter(),
                container.snapshotKey(),
                container.createdAt(),
                container.updatedAt(),
                container.extensions(),
                container.sandbox());
        return ports.stores()
                .in(Scope.of(key.namespace()))
                .containers()
                .update(changed, new FieldMask(List.of("labels." + RestartRule.COUNT)));
    }

    private void start(Key key, Container container, RestartRule rule, Watched state) throws InterruptedException {
        end(key);
        state.inARow++;
        state.started = clock.instant();
        var runtime = container.runtime().name();
        var options = container.runtime().options();
        var init = ProcessKey.init(key.namespace(), key.id());
        ports.tasks()
                .create(
                        key.namespace(),
                        new CreateTask(
                                container.id(),
                                runtime,
                                container.spec(),
                                options,
                                rootfs(key, container),
                                stdio(container, rule),
                                container.sandbox()));
        try {
            ports.tasks().start(init);
        } catch (EngineException e) {
            end(key);
            throw e;
        }
        LOG.log(Level.INFO, "restarted container=" + key.id() + " count=" + (rule.count() + 1));
    }

    private List<Mount> rootfs(Key key, Container container) {
        return container.snapshotKey().isEmpty()
                ? List.of()
                : ports.stores()
                        .in(Scope.of(key.namespace()))
                        .snapshotter(container.snapshotter())
                        .mounts(container.snapshotKey());
    }

    private static Stdio stdio(Container container, RestartRule rule) {
        try {
            var terminal = JSON.readTree(container.spec().value())
                    .path("process")
                    .path("terminal")
                    .asBoolean(false);
            return new Stdio("", rule.logUri(), terminal ? "" : rule.logUri(), terminal);
        } catch (JacksonException e) {
            throw new EngineException.InvalidArgument("specification of " + container.id() + " is not JSON", e);
        }
    }

    @Override
    public void close() {
        subscription.close();
        timer.shutdownNow();
    }
}
