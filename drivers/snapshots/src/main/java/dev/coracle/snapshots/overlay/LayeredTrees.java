package dev.coracle.snapshots.overlay;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.Usage;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.snapshots.folder.SnapshotFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A directory `fs` per snapshot with its own changes, and for an active one `work`, which the
/// overlay needs beside it. How they are laid over each other is a mount of the type given;
/// where there is nothing to lay over, a plain bind mount does.
public final class LayeredTrees implements SnapshotTrees {
    private static final FileName CHANGES = FileName.of("fs");
    private static final FileName WORK = FileName.of("work");

    private final SnapshotFolder folder;
    private final String type;
    private final List<String> options;

    /// @param type of the mounts, `overlay` or a FUSE type
    /// @param options that every one of them has
    public LayeredTrees(Path root, String type, List<String> options) {
        this.folder = new SnapshotFolder(root);
        this.type = type;
        this.options = List.copyOf(options);
    }

    @Override
    public void create(long id, Kind kind, List<Long> parents) {
        if (kind == Kind.VIEW && !parents.isEmpty()) {
            return;
        }
        folder.create(id, directory -> {
            directory.makeDirectory(CHANGES, 0755);
            try (var changes = directory.openDirectory(CHANGES)) {
                if (parents.isEmpty()) {
                    changes.changeMode(0755);
                } else {
                    asParent(changes, parents.getFirst());
                }
            }
            if (kind == Kind.ACTIVE) {
                directory.makeDirectory(WORK, 0711);
            }
        });
    }

    /// The upper directory is the root that the container sees.
    private void asParent(Directory changes, long parent) throws IOException {
        try (var above = Directory.open(changes(parent))) {
            var status = above.status();
            changes.changeOwner(status.owner(), status.group());
            changes.changeMode(status.permissions());
        }
    }

    private Path changes(long id) {
        return folder.path(id).resolve(CHANGES.toString());
    }

    @Override
    public List<Mount> mounts(long id, Kind kind, List<Long> parents) {
        if (parents.isEmpty()) {
            return bind(id, kind == Kind.VIEW ? "ro" : "rw");
        }
        var words = new ArrayList<>(options);
        if (kind == Kind.ACTIVE) {
            words.add("workdir=" + folder.path(id).resolve(WORK.toString()));
            words.add("upperdir=" + changes(id));
        } else if (parents.size() == 1) {
            return bind(parents.getFirst(), "ro");
        }
        words.add("lowerdir="
                + parents.stream().map(parent -> changes(parent).toString()).collect(Collectors.joining(":")));
        return List.of(new Mount(type, "overlay", words));
    }

    private List<Mount> bind(long id, String access) {
        return List.of(new Mount("bind", changes(id).toString(), List.of(access, "rbind")));
    }

    /// Nothing to do: what a power cut takes can be unpacked again from the blobs, which are
    /// durable.
    @Override
    public void commit(long id, List<Long> parents) {}

    @Override
    public Usage usage(long id, List<Long> parents) {
        var changes = changes(id);
        return Files.isDirectory(changes) ? folder.usage(changes) : new Usage(0, 0);
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
