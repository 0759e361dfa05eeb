package dev.coracle.engine.system;

import dev.coracle.engine.containers.Containers;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.volumes.Volumes;
import java.util.List;

/// The engine as one namespace sees it.
public final class StoredSystem implements EngineSystem {
    private final Facts facts;
    private final Containers containers;
    private final Images images;
    private final Volumes volumes;
    private final EngineEvents events;

    /// What does not change while the daemon lives.
    ///
    /// @param warnings what is missing here, one sentence each
    public record Facts(
            String id,
            String name,
            String version,
            String snapshotter,
            String root,
            String cgroupDriver,
            List<String> controllers,
            String runtime,
            List<String> warnings,
            Info.Machine machine) {
        public Facts {
            controllers = List.copyOf(controllers);
            warnings = List.copyOf(warnings);
        }
    }

    public StoredSystem(Facts facts, Containers containers, Images images, Volumes volumes, EngineEvents events) {
        this.facts = facts;
        this.containers = containers;
        this.images = images;
        this.volumes = volumes;
        this.events = events;
    }

    @Override
    public Info info() {
        var running = 0;
        var paused = 0;
        var all = containers.list();
        for (var container : all) {
            switch (container.state().status()) {
                case RUNNING -> running++;
                case PAUSED -> paused++;
                case CREATED, RESTARTING, REMOVING, EXITED, DEAD -> {}
            }
        }
        return new Info(
                facts.id(),
                facts.name(),
                facts.version(),
                all.size(),
                running,
                paused,
                all.size() - running - paused,
                facts.snapshotter(),
                facts.root(),
                facts.cgroupDriver(),
                facts.controllers(),
                List.of(facts.runtime()),
                List.of("name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"),
                facts.warnings(),
                facts.machine());
    }

    @Override
    public DiskUse diskUse() {
        return new DiskUse(List.of(imageUse(), containerUse(), volumeUse()));
    }

    private DiskUse.Kind imageUse() {
        var used = containers.list().stream().map(view -> view.imageRef()).toList();
        var active = 0;
        var bytes = 0L;
        var reclaimable = 0L;
        var all = images.list();
        for (var image : all) {
            var size = image.content() + image.unpacked();
            bytes += size;
            if (used.contains(image.name())) {
                active++;
            } else {
                reclaimable += size;
            }
        }
        return new DiskUse.Kind("Images", all.size(), active, bytes, reclaimable);
    }

    private DiskUse.Kind containerUse() {
        var active = 0;
        var bytes = 0L;
        var reclaimable = 0L;
        var all = containers.list().stream().filter(view -> view.managed()).toList();
        for (var container : all) {
            var size = containers.size(container.id()).changed();
            bytes += size;
            if (container.state().isRunning()) {
                active++;
            } else {
                reclaimable += size;
            }
        }
        return new DiskUse.Kind("Containers", all.size(), active, bytes, reclaimable);
    }

    private DiskUse.Kind volumeUse() {
        var active = 0;
        var bytes = 0L;
        var reclaimable = 0L;
        var all = volumes.list();
        for (var volume : all) {
            var size = volumes.size(volume.name());
            bytes += size;
            if (volumes.users(volume.name()).isEmpty()) {
                reclaimable += size;
            } else {
                active++;
            }
        }
        return new DiskUse.Kind("Local Volumes", all.size(), active, bytes, reclaimable);
    }

    @Override
    public EngineEvents events() {
        return events;
    }
}
