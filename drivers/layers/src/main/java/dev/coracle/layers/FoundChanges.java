package dev.coracle.layers;

import dev.coracle.core.files.FileChange;
import dev.coracle.layers.ChangeWriter.Place;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.RootedPath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/// Collects what was changed, by path. A directory in which something was changed counts as changed.
final class FoundChanges implements Changes {
    private final Directory lower;
    private final Deque<Place> pending = new ArrayDeque<>();
    private final List<FileChange> changes = new ArrayList<>();

    FoundChanges(Directory lower) {
        this.lower = lower;
    }

    List<FileChange> changes() {
        return changes.stream().sorted(Comparator.comparing(FileChange::path)).toList();
    }

    @Override
    public void enter(Place directory) {
        pending.addLast(directory);
    }

    @Override
    public void leave(Place directory) {
        if (directory.equals(pending.peekLast())) {
            pending.removeLast();
        }
    }

    @Override
    public void write(Place place) throws IOException {
        writePending();
        add(existed(place.path()) ? FileChange.Kind.CHANGED : FileChange.Kind.ADDED, place.path());
    }

    @Override
    public void whiteout(FileName parent, FileName name) {
        writePending();
        add(FileChange.Kind.DELETED, EntryPath.below(parent, name));
    }

    @Override
    public void opaque(FileName directory) {
        // its old members were reported by name
    }

    private void writePending() {
        while (!pending.isEmpty()) {
            add(FileChange.Kind.CHANGED, pending.removeFirst().path());
        }
    }

    private void add(FileChange.Kind kind, FileName path) {
        changes.add(new FileChange(kind, "/" + path));
    }

    private boolean existed(FileName path) throws IOException {
        try (var parent = new RootedPath(lower, RootedPath.Escape.LINKS_ARE_REFUSED).openParent(path)) {
            return parent.find(RootedPath.last(path)).isPresent();
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
                return false;
            }
            throw failure;
        }
    }
}
