package dev.coracle.core.snapshots;

import dev.coracle.base.Filter;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.types.FieldMask;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The snapshots of one namespace in one snapshotter. Keys and names are free strings of one name
/// space: an active snapshot's key and a committed one's name never coincide.
public interface Snapshotter {
    SnapshotInfo stat(String name);

    /// Changes labels; the mask may be empty or `labels` (replace all) or name single `labels.k`.
    SnapshotInfo update(String name, Map<String, String> labels, FieldMask mask);

    Usage usage(String name);

    /// How to mount an active snapshot or a view. A committed one is NotFound.
    List<Mount> mounts(String key);

    /// Makes an active snapshot upon a committed parent (empty: none).
    ///
    /// @throws dev.coracle.base.EngineException.AlreadyExists when key is taken (it is added to
    ///     the lease all the same)
    /// @throws dev.coracle.base.EngineException.NotFound when there is no such parent
    /// @throws dev.coracle.base.EngineException.InvalidArgument when the parent is not committed
    List<Mount> prepare(String key, String parent, Map<String, String> labels);

    /// As [#prepare], for a caller that unpacks one layer into the snapshot, by somebody of whom
    /// [dev.coracle.core.layers.LayerStore#replacesFiles()] is true, and then commits it.
    default List<Mount> prepareForLayer(String key, String parent, Map<String, String> labels) {
        return prepare(key, parent, labels);
    }

    /// Makes a read-only view upon a committed parent.
    List<Mount> view(String key, String parent, Map<String, String> labels);

    /// Turns the active snapshot `key` into the committed `name`, in one step; `labels` replace
    /// the old ones.
    void commit(String name, String key, Map<String, String> labels);

    /// Removes a snapshot from the namespace; its directory goes at the next collection.
    ///
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when it is a parent
    void remove(String key);

    /// Walks all snapshots that one of the filters matches. Fields: `kind`, `name`, `parent`,
    /// `labels.*`.
    void walk(List<Filter> filters, Consumer<SnapshotInfo> visitor);

    /// Removes directories that no record has any more.
    void cleanup();
}
