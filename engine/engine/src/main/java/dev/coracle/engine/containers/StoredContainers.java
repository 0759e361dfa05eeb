package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.core.containers.Container;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.types.FieldMask;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.engine.filters.PruneFilter;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.volumes.Volumes;
import dev.coracle.oci.RuntimeSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The containers of one namespace, on the shelf of all.
final class StoredContainers implements Containers {
    private final String namespace;
    private final ContainerRoom room;
    private final Volumes volumes;
    private final Images images;
    private final ForeignContainers others;

    StoredContainers(String namespace, ContainerRoom room, Volumes volumes, Images images) {
        this.images = images;
        this.namespace = namespace;
        this.room = room;
        this.volumes = volumes;
        this.others = new ForeignContainers(room.parts(), room.shelf(), namespace);
    }

    private Entry entry(String container) {
        try {
            return room.shelf().find(namespace, container);
        } catch (NotFound none) {
            if (foreign().stream().anyMatch(view -> view.id().startsWith(container))) {
                throw new FailedPrecondition(
                                "container " + container + " was made by another client of the daemon", none)
                        .remedy("use that client, for example ctr");
            }
            throw none;
        }
    }

    @Override
    public ContainerView create(ContainerOptions options, CreateProgress progress) {
        var entry = room.maker().make(namespace, options, volumes, progress);
        room.happenings().container(entry.doc(), "create");
        return room.views().of(entry);
    }

    @Override
    public List<ContainerView> list() {
        var all = new ArrayList<ContainerView>();
        room.shelf().in(namespace).forEach(entry -> all.add(room.views().of(entry)));
        all.addAll(foreign());
        all.sort(Comparator.comparing(ContainerView::createdAt).reversed().thenComparing(ContainerView::id));
        return all;
    }

    private List<ContainerView> foreign() {
        var tasks = Views.byId(room.parts().tasks().list(namespace));
        return others.all().stream()
                .map(container -> room.views().foreign(container, Optional.ofNullable(tasks.get(container.id()))))
                .toList();
    }

    @Override
    public ContainerView get(String container) {
        try {
            return room.views().of(room.shelf().find(namespace, container));
        } catch (NotFound none) {
            return foreign().stream()
                    .filter(view -> view.id().equals(container) || view.name().equals(container))
                    .findFirst()
                    .orElseThrow(() -> none);
        }
    }

    @Override
    public Container record(String container) {
        return room.parts().in(namespace).containers().get(get(container).id());
    }

    @Override
    public ContainerSize size(String container) {
        return room.trees().size(entry(container));
    }

    @Override
    public void start(String container) {
        room.life().start(entry(container));
    }

    @Override
    public Attachment start(String container, AttachOptions attach) {
        return room.life().start(entry(container), attach);
    }

    @Override
    public Attachment attach(String container, AttachOptions attach) {
        var entry = entry(container);
        requireRunning(entry, "attach to it");
        return attach.replay() ? new Replay(room, entry, attach).open() : attach(entry, attach);
    }

    private Attachment attach(Entry entry, AttachOptions attach) {
        var attached = new Attached(
                room.parts().tasks(), entry.key(), attach, entry.run().orElseThrow());
        attached.resizeFirst();
        try {
            attached.connected(room.parts().tasks().attach(entry.key(), attached));
        } catch (NotFound ended) {
            attached.ended();
        }
        return attached;
    }

    private static void requireRunning(Entry entry, String wanted) {
        if (!entry.isRunning()) {
            throw new FailedPrecondition("container " + entry.doc().name() + " is not running, cannot " + wanted);
        }
    }

    @Override
    public int await(String container, WaitFor state) throws InterruptedException {
        var other = others.find(container);
        if (other.isPresent()) {
            return others.await(other.get());
        }
        var entry = entry(container);
        entry.await(state);
        return entry.state().exitCode();
    }

    @Override
    public void stop(String container, StopOptions options) throws InterruptedException {
        var other = others.find(container);
        if (other.isPresent()) {
            others.stop(other.get(), options);
        } else {
            room.stopping().stop(entry(container), options);
        }
    }

    @Override
    public void restart(String container, StopOptions options) throws InterruptedException {
        var entry = entry(container);
        room.stopping().stop(entry, options);
        room.life().start(entry);
        room.happenings().container(entry.doc(), "restart");
    }

    @Override
    public void kill(String container, String signal) {
        others.find(container)
                .ifPresentOrElse(
                        other -> others.kill(other, Signals.number(signal)),
                        () -> room.stopping().kill(entry(container), signal));
    }

    @Override
    public void pause(String container) {
        var entry = entry(container);
        requireRunning(entry, "pause it");
        if (entry.isPaused()) {
            throw new FailedPrecondition("container " + entry.doc().name() + " is already paused");
        }
        room.parts().tasks().pause(namespace, entry.id());
        entry.paused(true);
        room.happenings().container(entry.doc(), "pause");
    }

    @Override
    public void unpause(String container) {
        var entry = entry(container);
        if (!entry.isPaused()) {
            throw new FailedPrecondition("container " + entry.doc().name() + " is not paused");
        }
        room.parts().tasks().resume(namespace, entry.id());
        entry.paused(false);
        room.happenings().container(entry.doc(), "unpause");
    }

    @Override
    public void rename(String container, String name) {
        var entry = entry(container);
        var checked = ContainerMaker.checkedName(name);
        entry.lock().lock();
        try {
            var old = entry.doc().name();
            if (old.equals(checked)) {
                throw new Conflict("renaming a container with the same name as its current name: " + checked);
            }
            room.shelf().rename(entry, checked);
            relabel(entry, Map.of(NerdctlLabels.NAME, checked));
            if (entry.isRunning() && !entry.doc().networks().isEmpty()) {
                room.parts().networks().rename(entry.doc().key(), checked);
            }
            room.happenings().container(entry.doc(), "rename", Map.of("oldName", "/" + old));
        } finally {
            entry.lock().unlock();
        }
    }

    private void relabel(Entry entry, Map<String, String> labels) {
        var containers = room.parts().in(namespace).containers();
        var record = containers.get(entry.id());
        var changed = new java.util.HashMap<>(record.labels());
        changed.putAll(labels);
        containers.update(
                new dev.coracle.core.containers.Container(
                        record.id(),
                        changed,
                        record.image(),
                        record.runtime(),
                        record.spec(),
                        record.snapshotter(),
                        record.snapshotKey(),
                        record.createdAt(),
                        record.updatedAt(),
                        record.extensions(),
                        record.sandbox()),
                FieldMask.of("labels"));
    }

    @Override
    public void update(String container, UpdateOptions options) {
        var entry = entry(container);
        entry.lock().lock();
        try {
            LimitWriter.check(options.limits(), room.parts().settings());
            var doc = entry.doc();
            var merged = options.limits().over(doc.options().limits());
            if (entry.isRunning() && !options.limits().equals(LimitOptions.NONE)) {
                var spec = RuntimeSpec.parse("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                LimitWriter.write(spec, merged);
                room.parts()
                        .tasks()
                        .update(namespace, doc.id(), new TypedBytes(TypedBytes.RUNTIME_RESOURCES, spec.resources()));
            }
            var changed = doc.options().with(merged);
            if (!options.restart().isEmpty()) {
                var old = changed.lifecycle();
                changed = changed.with(old.with(options.restart().getFirst()));
                if (old.autoRemove() && options.restart().getFirst().kind() != RestartPolicy.Kind.NO) {
                    throw new FailedPrecondition(
                            "restart policy cannot be updated because AutoRemove is enabled for the container");
                }
                relabel(
                        entry,
                        Map.of(
                                NerdctlLabels.RESTART_POLICY,
                                options.restart().getFirst().words()));
            }
            respec(entry, merged);
            room.shelf().keep(entry, doc.with(changed));
            room.happenings().container(doc, "update");
        } finally {
            entry.lock().unlock();
        }
    }

    /// The next start has the new limits.
    private void respec(Entry entry, LimitOptions limits) {
        var containers = room.parts().in(namespace).containers();
        var record = containers.get(entry.id());
        var spec = RuntimeSpec.parse(record.spec().value());
        LimitWriter.write(spec, limits);
        containers.update(
                new dev.coracle.core.containers.Container(
                        record.id(),
                        record.labels(),
                        record.image(),
                        record.runtime(),
                        new TypedBytes(TypedBytes.RUNTIME_SPEC, spec.bytes()),
                        record.snapshotter(),
                        record.snapshotKey(),
                        record.createdAt(),
                        record.updatedAt(),
                        record.extensions(),
                        record.sandbox()),
                FieldMask.of("spec"));
    }

    @Override
    public void remove(String container, RemoveOptions options) {
        try {
            var other = others.find(container);
            if (other.isPresent()) {
                others.remove(other.get(), options);
                return;
            }
            remove(entry(container), options);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown("remove " + container + ": interrupted", stop);
        }
    }

    private void remove(Entry entry, RemoveOptions options) throws InterruptedException {
        if (options.force() && entry.isRunning()) {
            room.stopping().stop(entry, new StopOptions("KILL", Duration.ZERO));
        }
        entry.lock().lock();
        try {
            if (entry.isRemoved()) {
                return; // removed itself when it ended
            }
            if (entry.isRunning()) {
                throw new Conflict("container " + entry.doc().name() + " ("
                                + entry.id().substring(0, 12) + ") is " + (entry.isPaused() ? "paused" : "running"))
                        .remedy("stop it first, or remove it with -f");
            }
            room.life().remove(entry, options.volumes());
        } finally {
            entry.lock().unlock();
        }
    }

    @Override
    public Attachment exec(String container, ExecOptions options, AttachOptions attach) {
        return room.execs().run(entry(container), options, attach);
    }

    @Override
    public String exec(String container, ExecOptions options) {
        return room.execs().run(entry(container), options);
    }

    @Override
    public void logs(String container, LogQuery query, LogReader reader) throws InterruptedException {
        var entry = entry(container);
        if (!LogSettings.of(entry.doc().options().log()).kept()) {
            throw new FailedPrecondition("configured logging driver does not support reading: "
                    + entry.doc().options().log().driver());
        }
        try {
            new LogFile(room.folders().log(entry.doc()))
                    .read(query, () -> !entry.isRunning() && !entry.state().restarting(), reader);
        } catch (IOException failure) {
            throw new Unknown("read the log of " + container + ": " + failure.getMessage(), failure);
        }
    }

    @Override
    public Top top(String container, List<String> psArguments) {
        var entry = entry(container);
        requireRunning(entry, "list its processes");
        return Processes.top(room.parts().tasks().pids(namespace, entry.id()), psArguments);
    }

    @Override
    public Stats stats(String container) {
        return room.measurements().of(entry(container));
    }

    @Override
    public List<Change> diff(String container) {
        return room.trees().diff(entry(container));
    }

    @Override
    public void export(String container, OutputStream archive) {
        room.trees().export(entry(container), archive);
    }

    @Override
    public String commit(String container, CommitOptions options) {
        return room.commits().commit(entry(container), options, images);
    }

    @Override
    public PathStat stat(String container, String path) {
        return room.trees().stat(entry(container), path);
    }

    @Override
    public PathStat copyFrom(String container, String path, boolean followLink, OutputStream archive) {
        return room.trees().copyFrom(entry(container), path, followLink, archive);
    }

    @Override
    public void copyTo(String container, String directory, InputStream archive, boolean keepOwners) {
        room.trees().copyTo(entry(container), directory, archive, keepOwners);
    }

    @Override
    public void connect(String container, EndpointSpec network) {
        room.networking().connect(entry(container), network);
    }

    @Override
    public void disconnect(String container, String network) {
        room.networking().disconnect(entry(container), network);
    }

    @Override
    public String checkHealth(String container) {
        var entry = entry(container);
        requireRunning(entry, "check its health");
        return room.health().check(entry);
    }

    @Override
    public Pruned prune(PruneFilter filter) {
        var ids = new ArrayList<String>();
        var bytes = 0L;
        for (var entry : room.shelf().in(namespace)) {
            var doc = entry.doc();
            if (!entry.isRunning()
                    && !entry.state().restarting()
                    && filter.matches(doc.createdAt(), doc.config().labels())) {
                bytes += size(doc.id()).changed();
                remove(doc.id(), new RemoveOptions(false, false));
                ids.add(doc.id());
            }
        }
        return new Pruned(ids, bytes);
    }
}
