package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.engine.events.EngineEvent;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.volumes.Volumes;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Tells of containers, and does what depends on their end in other rooms of the engine.
final class Happenings {
    private static final System.Logger LOG = System.getLogger(Happenings.class.getName());
    private static final int ANONYMOUS_NAME = 64;

    private final Function<String, EngineEvents> events;
    private final Function<String, Volumes> volumes;
    private final InstantSource clock;

    Happenings(Function<String, EngineEvents> events, Function<String, Volumes> volumes, InstantSource clock) {
        this.events = events;
        this.volumes = volumes;
        this.clock = clock;
    }

    void container(ContainerDoc doc, String action) {
        container(doc, action, Map.of());
    }

    void container(ContainerDoc doc, String action, Map<String, String> more) {
        var attributes = new LinkedHashMap<>(doc.config().labels());
        attributes.put("name", doc.name());
        attributes.put("image", doc.options().image());
        attributes.putAll(more);
        events.apply(doc.namespace())
                .publish(new EngineEvent("container", action, doc.id(), attributes, clock.instant()));
    }

    void network(ContainerDoc doc, String network, String action) {
        events.apply(doc.namespace())
                .publish(new EngineEvent(
                        "network", action, network, Map.of("container", doc.id(), "name", network), clock.instant()));
    }

    Volumes volumes(String namespace) {
        return volumes.apply(namespace);
    }

    /// Removes the anonymous volumes that only this container had.
    void anonymousVolumes(ContainerDoc doc) {
        anonymous(doc, Volumes::remove);
    }

    /// They stay when the container goes.
    void disownVolumes(ContainerDoc doc) {
        anonymous(doc, Volumes::disown);
    }

    private void anonymous(ContainerDoc doc, BiConsumer<Volumes, String> what) {
        for (var mount : doc.mounts()) {
            if (mount.type().equals("volume") && mount.name().length() == ANONYMOUS_NAME) {
                try {
                    var all = volumes(doc.namespace());
                    if (all.get(mount.name()).anonymous()) {
                        what.accept(all, mount.name());
                    }
                } catch (EngineException.NotFound | EngineException.FailedPrecondition goneOrUsed) {
                    LOG.log(System.Logger.Level.DEBUG, () -> "volume stays: " + goneOrUsed.getMessage());
                }
            }
        }
    }
}
