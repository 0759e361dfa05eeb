package dev.coracle.metadata;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The snapshotters, each opened and compared with the records when it is first used; the
/// numbers of snapshots; and which numbers are being worked on.
final class Snapshotters {
    private static final System.Logger LOG = System.getLogger(Snapshotters.class.getName());

    private record Row(long id, String name, Kind kind, long parent) {}

    private final Database database;
    private final Doomed doomed;
    private final Map<String, Supplier<SnapshotTrees>> suppliers;
    private final Map<String, SnapshotTrees> opened = new ConcurrentHashMap<>();
    private final KeyedLocks opening = new KeyedLocks();
    private final AtomicLong lastId = new AtomicLong();
    private final Pins pins = new Pins();
    private final Pins making = new Pins();

    Snapshotters(Database database, Doomed doomed, Map<String, Supplier<SnapshotTrees>> suppliers) {
        this.database = database;
        this.doomed = doomed;
        this.suppliers = suppliers;
        lastId.set(database.read(session -> session.find(
                        "SELECT seq FROM sqlite_sequence WHERE name = 'snapshots'", row -> row.getLong(1))
                .orElse(0L)));
    }

    Set<String> names() {
        return suppliers.keySet();
    }

    long newId() {
        return lastId.incrementAndGet();
    }

    Pins pins() {
        return pins;
    }

    /// Numbers that have no record yet.
    Pins making() {
        return making;
    }

    SnapshotTrees get(String name) {
        var known = opened.get(name);
        return known != null ? known : open(name);
    }

    private SnapshotTrees open(String name) {
        var supplier = suppliers.get(name);
        if (supplier == null) {
            throw new InvalidArgument(
                    name.isEmpty() ? "snapshotter argument must not be empty" : "snapshotter not loaded: " + name);
        }
        try (var _ = opening.lock(name)) {
            var known = opened.get(name);
            if (known != null) {
                return known;
            }
            var trees = supplier.get();
            compare(name, trees);
            opened.put(name, trees);
            return trees;
        }
    }

    /// Opens every snapshotter that can be opened, so that all are compared.
    void openAll() {
        for (var name : suppliers.keySet()) {
            try {
                get(name);
            } catch (EngineException e) {
                LOG.log(System.Logger.Level.DEBUG, () -> "snapshotter=" + name + " cannot be used: " + e.message());
            }
        }
    }

    private void compare(String name, SnapshotTrees trees) {
        var ids = trees.ids();
        database.adopt("snapshots/" + name, ids.size());
        ids.stream().max(Long::compare).ifPresent(most -> lastId.accumulateAndGet(most, Math::max));
        var rows = database.read(session -> session.list(
                "SELECT id, name, kind, parent FROM snapshots WHERE snapshotter = ?",
                row -> new Row(row.getLong(1), row.getString(2), Kind.valueOf(row.getString(3)), row.getLong(4)),
                name));
        var recorded = rows.stream().map(Row::id).collect(Collectors.toSet());
        ids.stream().filter(id -> !recorded.contains(id)).forEach(id -> doomed.tree(name, id));
        dropLost(name, rows, ids);
    }

    /// A record whose directory is gone is dropped, unless others build upon it. (A view may
    /// have none.)
    private void dropLost(String name, List<Row> rows, Set<Long> ids) {
        var parents = rows.stream().map(Row::parent).collect(Collectors.toSet());
        var lost = rows.stream()
                .filter(row -> row.kind() != Kind.VIEW && !ids.contains(row.id()))
                .toList();
        var dropped = lost.stream().filter(row -> !parents.contains(row.id())).toList();
        if (!lost.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    () -> "snapshotter=" + name + " directories are missing for "
                            + lost.stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new)));
        }
        if (!dropped.isEmpty()) {
            database.write(session -> {
                for (var row : dropped) {
                    session.update("DELETE FROM snapshots WHERE id = ?", row.id());
                }
                return dropped.size();
            });
        }
    }

    /// Numbers that a call is working on: neither `remove` nor the collector takes them away.
    static final class Pins {
        private final Map<Long, Integer> counts = new ConcurrentHashMap<>();

        KeyedLocks.Held pin(long id) {
            counts.merge(id, 1, Integer::sum);
            return () -> counts.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
        }

        boolean isPinned(long id) {
            return counts.containsKey(id);
        }

        Set<Long> ids() {
            return Set.copyOf(counts.keySet());
        }
    }
}
