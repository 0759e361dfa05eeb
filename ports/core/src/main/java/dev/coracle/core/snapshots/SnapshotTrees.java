package dev.coracle.core.snapshots;

import dev.coracle.core.mounts.Mount;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a snapshotter driver does with directories. It knows numbers, not names: keys, kinds,
/// parents and labels live in the one metadata store, so the two can never disagree about more
/// than a directory that is not needed any more.
///
/// Every method may be called again after a crash: `create` on a half-made directory starts it
/// afresh, `remove` on a missing one is content. Numbers are never used twice.
public interface SnapshotTrees {
    /// Makes the directory of a snapshot upon `parents`, nearest first. Not called for a view
    /// with one or no parent where the driver needs no directory of its own; the driver may make
    /// one anyway.
    void create(long id, Kind kind, List<Long> parents);

    /// What a snapshot is called, for a driver whose directories are somebody else's: the
    /// namespace, the key or name in there, and the labels.
    record Naming(String namespace, String key, Map<String, String> labels) {
        public Naming {
            labels = Map.copyOf(labels);
        }
    }

    /// What came of making a snapshot.
    enum Made {
        /// A directory to be filled.
        OPEN,
        /// What the label `containerd.io/snapshot.ref` asks for was there already: the number
        /// stands for that, and it is committed.
        WHOLE
    }

    /// As the other one, told what the snapshot is called. Only a driver that gets layers by ways
    /// of its own ever answers that nothing needs to be filled.
    default Made create(long id, Kind kind, List<Long> parents, Naming naming) {
        create(id, kind, parents);
        return Made.OPEN;
    }

    /// Makes the directory of an active snapshot for one layer and whoever unpacks it
    /// ([dev.coracle.core.layers.LayerStore#replacesFiles()]): files of the parent are removed
    /// and replaced in there, never written to, so the driver may let both snapshots have the
    /// same ones.
    default Made createForLayer(long id, List<Long> parents, Naming naming) {
        return create(id, Kind.ACTIVE, parents, naming);
    }

    /// As the other one, told what the snapshot is called from now on.
    default void commit(long id, List<Long> parents, Naming naming) {
        commit(id, parents);
    }

    /// How to mount it, nearest parent first.
    List<Mount> mounts(long id, Kind kind, List<Long> parents);

    /// Called before the metadata says that the snapshot is committed; makes its bytes durable as
    /// far as the driver promises that.
    void commit(long id, List<Long> parents);

    /// The disk taken by the snapshot itself.
    Usage usage(long id, List<Long> parents);

    /// Removes the directory and everything in it.
    void remove(long id);

    /// All numbers that have a directory.
    Set<Long> ids();
}
