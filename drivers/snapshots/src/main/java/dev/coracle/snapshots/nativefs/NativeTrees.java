package dev.coracle.snapshots.nativefs;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.Usage;
import dev.coracle.linux.Directory;
import dev.coracle.linux.ErrnoException;
import dev.coracle.snapshots.folder.SnapshotFolder;
import java.util.List;
import java.util.Set;

/// A directory per snapshot, each a whole tree. A view needs no copy: it is its parent,
/// read-only.
final class NativeTrees implements SnapshotTrees {
    private final SnapshotFolder folder;

    NativeTrees(SnapshotFolder folder) {
        this.folder = folder;
    }

    @Override
    public void create(long id, Kind kind, List<Long> parents) {
        if (kind == Kind.VIEW && !parents.isEmpty()) {
            return;
        }
        create(id, parents, TreeCopy::copy);
    }

    /// A committed snapshot is never written to again, so that each may have the files of the one
    /// below: an image of many layers takes the room and the time of one.
    @Override
    public Made createForLayer(long id, List<Long> parents, Naming naming) {
        create(id, parents, TreeCopy::link);
        return Made.OPEN;
    }

    @FunctionalInterface
    private interface Copying {
        void copy(Directory source, Directory target) throws ErrnoException;
    }

    private void create(long id, List<Long> parents, Copying copying) {
        folder.create(id, tree -> {
            tree.changeMode(0755);
            if (!parents.isEmpty()) {
                try (var parent = Directory.open(folder.path(parents.getFirst()))) {
                    copying.copy(parent, tree);
                }
            }
        });
    }

    @Override
    public List<Mount> mounts(long id, Kind kind, List<Long> parents) {
        var source = kind == Kind.VIEW && !parents.isEmpty() ? parents.getFirst() : id;
        var access = kind == Kind.VIEW ? "ro" : "rw";
        return List.of(new Mount("bind", folder.path(source).toString(), List.of(access, "rbind")));
    }

    /// Nothing to do: what a power cut takes can be unpacked again from the blobs, which are
    /// durable.
    @Override
    public void commit(long id, List<Long> parents) {}

    @Override
    public Usage usage(long id, List<Long> parents) {
        return folder.ids().contains(id) ? folder.usage(folder.path(id)) : new Usage(0, 0);
    }

    @Override
    public void remove(long id) {
        folder.remove(id);
    }

    @Override
    public Set<Long> ids() {
        return folder.ids();
    }
}
