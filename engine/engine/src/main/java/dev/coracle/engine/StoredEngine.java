package dev.coracle.engine;

import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.engine.containers.ContainerRoom;
import dev.coracle.engine.containers.Containers;
import dev.coracle.engine.containers.EndedRun;
import dev.coracle.engine.containers.EngineParts;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.events.RememberedEvents;
import dev.coracle.engine.images.AbandonedLeases;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.networks.StoredNetworks;
import dev.coracle.engine.networks.UserNetworks;
import dev.coracle.engine.system.EngineSystem;
import dev.coracle.engine.system.StoredSystem;
import dev.coracle.engine.volumes.StoredVolumes;
import dev.coracle.engine.volumes.Volumes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The engine over the stores. The runtime's exits must be told to [#exits] from its recovery on.
public final class StoredEngine implements Engine {
    private final EngineParts parts;
    private final Function<String, Images> images;
    private final StoredSystem.Facts facts;
    private final ContainerRoom room;
    private final Map<String, View> views = new ConcurrentHashMap<>();

    /// @param images by namespace
    public StoredEngine(EngineParts parts, Function<String, Images> images, StoredSystem.Facts facts) {
        this.parts = parts;
        this.images = images;
        this.facts = facts;
        this.room = new ContainerRoom(
                parts,
                namespace -> view(namespace).events(),
                namespace -> view(namespace).volumes());
    }

    /// Where the runtime tells of exits.
    public TaskRuntime.ExitListener exits() {
        return room;
    }

    /// The containers of a namespace that have run and do not, for clients that ask the runtime.
    public List<EndedRun> ended(String namespace) {
        return room.ended(namespace);
    }

    /// How the last run of one container ended.
    public Optional<EndedRun> ended(String namespace, String container) {
        return room.ended(namespace, container);
    }

    /// To be told when a client of the runtime has deleted the task of a run that ended so: [#ended] no longer has it,
    /// and
    /// the container's policy takes its time.
    public void taken(String namespace, String container, Exit exit) {
        room.taken(namespace, container, exit);
    }

    @Override
    public NamespaceEngine in(String namespace) {
        return view(namespace);
    }

    private View view(String namespace) {
        return views.computeIfAbsent(dev.coracle.base.Identifiers.require("namespace", namespace), this::open);
    }

    private View open(String namespace) {
        var events = new RememberedEvents();
        var volumes = new StoredVolumes(
                namespace,
                new StoredVolumes.Parts(
                        parts.records(),
                        parts.files(),
                        events,
                        parts.clock(),
                        parts.random(),
                        parts.settings().root()),
                volume -> room.users(namespace, volume));
        var itsImages = images.apply(namespace);
        var containers = room.in(namespace, volumes, itsImages);
        return new View(
                namespace,
                containers,
                itsImages,
                new StoredNetworks(parts.networks(), room::owner, events, parts.clock()),
                volumes,
                new StoredSystem(facts, containers, itsImages, volumes, events),
                events);
    }

    private record View(
            String namespace,
            Containers containers,
            Images images,
            UserNetworks networks,
            Volumes volumes,
            EngineSystem system,
            EngineEvents events)
            implements NamespaceEngine {}

    @Override
    public void recover() {
        AbandonedLeases.release(parts.stores());
        room.recover();
        for (var namespace : StoredVolumes.namespacesOfOwned(parts.records())) {
            view(namespace).volumes().recover();
        }
    }

    @Override
    public void end() throws InterruptedException {
        room.end();
    }

    @Override
    public Duration endsWithin() {
        return room.endsWithin();
    }

    @Override
    public void close() {
        room.close();
    }
}
