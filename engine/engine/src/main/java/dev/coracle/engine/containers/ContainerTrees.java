package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.files.FileChange;
import dev.coracle.core.files.FileInfo;
import dev.coracle.core.files.FileTree;
import dev.coracle.core.mounts.Mount;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Work on the file systems of containers, running or not. A running one is seen as its processes see it, with its
/// volumes; of one that does not run, a path below a volume is looked for in the volume.
final class ContainerTrees {
    private static final Set<String> MADE_BY_US = Set.of(
            "/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/console");

    private final EngineParts parts;
    private final ContainerMaker maker;

    ContainerTrees(EngineParts parts, ContainerMaker maker) {
        this.parts = parts;
        this.maker = maker;
    }

    /// A tree, and the path in it.
    private record Spot(FileTree tree, String path) {}

    private Spot spot(Entry entry, String path) {
        var absolute = path.startsWith("/") ? path : "/" + path;
        if (entry.isRunning()) {
            var pid = parts.tasks().state(entry.key()).pid();
            return new Spot(new FileTree.At(Path.of("/proc", Integer.toString(pid), "root")), absolute);
        }
        var normal = Path.of(absolute).normalize();
        return entry.doc().mounts().stream()
                .filter(mount -> !mount.type().equals("tmpfs") && normal.startsWith(mount.destination()))
                .max(java.util.Comparator.comparingInt(
                        mount -> mount.destination().length()))
                .map(mount -> new Spot(
                        new FileTree.At(Path.of(mount.source())),
                        "/" + Path.of(mount.destination()).relativize(normal) + (absolute.endsWith("/") ? "/" : "")))
                .orElseGet(() -> new Spot(maker.tree(entry.doc()), absolute));
    }

    PathStat stat(Entry entry, String path) {
        try {
            var spot = spot(entry, path);
            return view(parts.files().stat(spot.tree(), spot.path(), false));
        } catch (NotFound none) {
            throw missing(entry, path, none);
        }
    }

    private static NotFound missing(Entry entry, String path, NotFound cause) {
        return new NotFound(
                "could not find the file " + path + " in container "
                        + entry.doc().name(),
                cause);
    }

    private static PathStat view(FileInfo info) {
        return new PathStat(
                info.name(), info.size(), info.permissions(), info.directory(), info.modified(), info.linkTarget());
    }

    PathStat copyFrom(Entry entry, String path, boolean followLink, OutputStream archive) {
        try {
            var spot = spot(entry, path);
            var info = parts.files().stat(spot.tree(), spot.path(), followLink);
            var base = Path.of(path).normalize().getFileName();
            var as = base == null ? "" : base.toString();
            parts.files().archive(spot.tree(), spot.path(), followLink, as, archive);
            return view(info);
        } catch (NotFound none) {
            throw missing(entry, path, none);
        }
    }

    void copyTo(Entry entry, String directory, InputStream archive, boolean keepOwners) {
        try {
            var spot = spot(entry, directory);
            parts.files().extract(spot.tree(), spot.path(), archive, keepOwners);
        } catch (NotFound none) {
            throw missing(entry, directory, none);
        }
    }

    void export(Entry entry, OutputStream archive) {
        parts.files().archive(maker.tree(entry.doc()), "/", false, "", archive);
    }

    ContainerSize size(Entry entry) {
        var doc = entry.doc();
        if (doc.snapshotter().isEmpty()) {
            return new ContainerSize(0, parts.files().size(maker.tree(doc)));
        }
        var snapshots = parts.in(doc.namespace()).snapshotter(doc.snapshotter());
        var changed = snapshots.usage(doc.id()).bytes();
        var all = changed;
        for (var parent = snapshots.stat(doc.id()).parent(); !parent.isEmpty(); ) {
            all += snapshots.usage(parent).bytes();
            parent = snapshots.stat(parent).parent();
        }
        return new ContainerSize(changed, all);
    }

    List<Change> diff(Entry entry) {
        var doc = entry.doc();
        if (doc.snapshotter().isEmpty()) {
            return List.of();
        }
        var snapshots = parts.in(doc.namespace()).snapshotter(doc.snapshotter());
        var parent = snapshots.stat(doc.id()).parent();
        var key = "diff-" + doc.id() + "-" + Long.toHexString(parts.random().nextLong());
        List<Mount> lower = snapshots.view(key, parent, java.util.Map.of());
        try {
            return parts.files().changes(lower, snapshots.mounts(doc.id())).stream()
                    .filter(change -> !isOurs(entry, change.path()))
                    .map(change -> new Change(letter(change.kind()), change.path()))
                    .toList();
        } finally {
            snapshots.remove(key);
        }
    }

    /// Places that exist only so that something can be mounted there.
    private static boolean isOurs(Entry entry, String path) {
        return MADE_BY_US.contains(path)
                || entry.doc().mounts().stream()
                        .anyMatch(mount -> mount.destination().equals(path));
    }

    private static char letter(FileChange.Kind kind) {
        return switch (kind) {
            case ADDED -> 'A';
            case CHANGED -> 'C';
            case DELETED -> 'D';
        };
    }
}
