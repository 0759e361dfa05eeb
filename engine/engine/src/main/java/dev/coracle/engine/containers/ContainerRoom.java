package dev.coracle.engine.containers;

import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.volumes.Volumes;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Everything that works on containers, of every namespace: put together once.
public final class ContainerRoom implements TaskRuntime.ExitListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ContainerRoom.class.getName());

    private final EngineParts parts;
    private final Shelf shelf;
    private final Folders folders;
    private final ContainerMaker maker;
    private final Happenings happenings;
    private final Networking networking;
    private final HealthChecks health;
    private final Life life;
    private final Stopping stopping;
    private final Execs execs;
    private final Views views;
    private final ContainerTrees trees;
    private final Measurements measurements;
    private final Commits commits;
    private final LogRotation rotation;
    private final LogForwarding forwarding;
    private Optional<Outsiders> outsiders = Optional.empty();

    public ContainerRoom(EngineParts parts, Function<String, EngineEvents> events, Function<String, Volumes> volumes) {
        this.parts = parts;
        shelf = new Shelf(parts.records());
        folders = new Folders(parts.settings().root());
        var identities = new Identities(parts.files());
        maker = new ContainerMaker(parts, shelf, folders, identities);
        happenings = new Happenings(events, volumes, parts.clock());
        networking = new Networking(parts, shelf, happenings);
        execs = new Execs(parts, identities, happenings);
        health = new HealthChecks(parts.clock(), execs, happenings);
        forwarding = new LogForwarding(parts.logs(), folders);
        life = new Life(parts, shelf, folders, maker, networking, happenings, health, forwarding);
        stopping = new Stopping(parts, shelf, life, happenings);
        views = new Views(parts, folders);
        trees = new ContainerTrees(parts, maker);
        measurements = new Measurements(parts);
        commits = new Commits(parts, happenings);
        rotation = new LogRotation(parts, shelf, folders);
    }

    /// The containers of one namespace.
    public Containers in(String namespace, Volumes volumes, Images images) {
        return new StoredContainers(namespace, this, volumes, images);
    }

    /// The names of containers that use a volume.
    public List<String> users(String namespace, String volume) {
        return shelf.in(namespace).stream()
                .filter(entry -> entry.doc().mounts().stream()
                        .anyMatch(mount ->
                                mount.type().equals("volume") && mount.name().equals(volume)))
                .map(entry -> entry.doc().name())
                .toList();
    }

    /// Name and id of a container by the id of its sandbox; empty for one that is not ours.
    public List<String> owner(String sandbox) {
        var slash = sandbox.indexOf('/');
        return shelf.byId(sandbox.substring(0, Math.max(0, slash)), sandbox.substring(slash + 1)).stream()
                .flatMap(entry -> List.of(entry.id(), entry.doc().name()).stream())
                .toList();
    }

    @Override
    public void exited(ProcessKey key, Exit exit) {
        life.exited(key, exit);
    }

    @Override
    public void oom(ProcessKey key) {
        life.outOfMemory(key);
    }

    /// Called once, after the runtime has looked for its tasks.
    public void recover() {
        var wanted = shelf.all().stream()
                .filter(Entry::isRunning)
                .map(entry -> entry.doc().key())
                .toList();
        parts.networks().recover(wanted);
        for (var entry : shelf.all()) {
            try {
                life.recover(entry);
            } catch (RuntimeException failure) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "recover container " + entry.doc().key(),
                        failure);
            }
        }
        rotation.start();
        outsiders = Optional.of(Outsiders.watch(shelf, life, parts.events()));
    }

    /// The containers of a namespace that have run and do not.
    public List<EndedRun> ended(String namespace) {
        return shelf.in(namespace).stream()
                .flatMap(entry -> life.endedRun(entry).stream())
                .toList();
    }

    /// How the last run of one container ended.
    public Optional<EndedRun> ended(String namespace, String container) {
        return shelf.byId(namespace, container).flatMap(life::endedRun);
    }

    /// Another client has deleted the task of a run that ended so.
    public void taken(String namespace, String container, Exit exit) {
        shelf.byId(namespace, container).ifPresent(entry -> life.taken(entry, exit));
    }

    /// See [dev.coracle.engine.Engine#end].
    public void end() throws InterruptedException {
        life.end();
        stopping.endAll();
    }

    /// The longest time that a running container has to end by itself.
    public Duration endsWithin() {
        return shelf.all().stream()
                .filter(Entry::isRunning)
                .map(entry -> entry.doc().config().stopTimeout())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        outsiders.ifPresent(Outsiders::close);
        rotation.close();
        forwarding.close();
        shelf.all().forEach(entry -> {
            health.stopped(entry);
            entry.restart().ifPresent(Thread::interrupt);
        });
    }

    EngineParts parts() {
        return parts;
    }

    Shelf shelf() {
        return shelf;
    }

    Folders folders() {
        return folders;
    }

    ContainerMaker maker() {
        return maker;
    }

    Happenings happenings() {
        return happenings;
    }

    Networking networking() {
        return networking;
    }

    HealthChecks health() {
        return health;
    }

    Life life() {
        return life;
    }

    Stopping stopping() {
        return stopping;
    }

    Execs execs() {
        return execs;
    }

    Views views() {
        return views;
    }

    ContainerTrees trees() {
        return trees;
    }

    Commits commits() {
        return commits;
    }

    Measurements measurements() {
        return measurements;
    }
}
