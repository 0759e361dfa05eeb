package dev.coracle.daemon;

import dev.coracle.base.Filter;
import dev.coracle.core.events.Event;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.SnapshotInfo;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.snapshots.Usage;
import dev.coracle.core.types.FieldMask;
import dev.coracle.daemon.PublishingStores.Publisher;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Snapshots that tell of what is prepared, committed and removed; a view is not worth an event.
record PublishingSnapshotter(String name, Snapshotter snapshotter, Publisher publisher) implements Snapshotter {
    @Override
    public SnapshotInfo stat(String key) {
        return snapshotter.stat(key);
    }

    @Override
    public SnapshotInfo update(String key, Map<String, String> labels, FieldMask mask) {
        return snapshotter.update(key, labels, mask);
    }

    @Override
    public Usage usage(String key) {
        return snapshotter.usage(key);
    }

    @Override
    public List<Mount> mounts(String key) {
        return snapshotter.mounts(key);
    }

    @Override
    public List<Mount> prepare(String key, String parent, Map<String, String> labels) {
        return prepared(key, parent, snapshotter.prepare(key, parent, labels));
    }

    @Override
    public List<Mount> prepareForLayer(String key, String parent, Map<String, String> labels) {
        return prepared(key, parent, snapshotter.prepareForLayer(key, parent, labels));
    }

    private List<Mount> prepared(String key, String parent, List<Mount> mounts) {
        publisher.publish(new Event.SnapshotPrepared(key, parent, name));
        return mounts;
    }

    @Override
    public List<Mount> view(String key, String parent, Map<String, String> labels) {
        return snapshotter.view(key, parent, labels);
    }

    @Override
    public void commit(String committed, String key, Map<String, String> labels) {
        snapshotter.commit(committed, key, labels);
        publisher.publish(new Event.SnapshotCommitted(key, committed, name));
    }

    @Override
    public void remove(String key) {
        snapshotter.remove(key);
        publisher.publish(new Event.SnapshotRemoved(key, name));
    }

    @Override
    public void walk(List<Filter> filters, Consumer<SnapshotInfo> visitor) {
        snapshotter.walk(filters, visitor);
    }

    @Override
    public void cleanup() {
        snapshotter.cleanup();
    }
}
