package dev.coracle.metadata;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.base.Labels;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotInfo;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotTrees.Made;
import dev.coracle.core.snapshots.SnapshotTrees.Naming;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.snapshots.Usage;
import dev.coracle.core.types.FieldMask;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Snapshots of one namespace and one snapshotter. A directory is made before its record and
/// removed after it, without the writer's lock; a number that is worked on is pinned.
final class SqlSnapshotter implements Snapshotter {
    private static final String SELECT =
            "SELECT s.id, s.kind, s.name, coalesce(p.name, ''), s.created, s.updated, s.labels, s.inodes, s.bytes,"
                    + " s.parent FROM snapshots s LEFT JOIN snapshots p ON p.id = s.parent";

    private record Row(long id, SnapshotInfo info, Usage usage, long parent) {}

    private final Store store;
    private final Tenant tenant;
    private final String name;
    private final SnapshotTrees trees;

    SqlSnapshotter(Store store, Tenant tenant, String name) {
        this.store = store;
        this.tenant = tenant;
        this.name = name;
        this.trees = store.snapshotters().get(name);
    }

    @Override
    public SnapshotInfo stat(String key) {
        return store.database().read(session -> get(session, key)).info();
    }

    private Row get(Session session, String key) throws SQLException {
        return find(session, key).orElseThrow(() -> missing(key));
    }

    private Optional<Row> find(Session session, String key) throws SQLException {
        return session.find(
                SELECT + " WHERE s.namespace = ? AND s.snapshotter = ? AND s.name = ?",
                SqlSnapshotter::read,
                tenant.namespace(),
                name,
                key);
    }

    private static Row read(ResultSet row) throws SQLException {
        return new Row(
                row.getLong(1),
                new SnapshotInfo(
                        Kind.valueOf(row.getString(2)),
                        row.getString(3),
                        row.getString(4),
                        Codec.time(row.getLong(5)),
                        Codec.time(row.getLong(6)),
                        Codec.labels(row.getBytes(7))),
                new Usage(row.getLong(8), row.getLong(9)),
                row.getLong(10));
    }

    /// The numbers of all parents, nearest first.
    private static List<Long> parents(Session session, long parent) throws SQLException {
        return session.list("""
                WITH RECURSIVE chain (id, parent, depth) AS (
                    SELECT id, parent, 0 FROM snapshots WHERE id = ?
                    UNION ALL
                    SELECT s.id, s.parent, depth + 1 FROM snapshots s JOIN chain ON s.id = chain.parent
                ) SELECT id FROM chain ORDER BY depth""", row -> row.getLong(1), parent);
    }

    @Override
    public SnapshotInfo update(String key, Map<String, String> labels, FieldMask mask) {
        var updated = store.database().write(session -> {
            var row = get(session, key);
            var changed = Labels.of(Masks.labels("snapshot " + key, row.info().labels(), labels, mask));
            var now = store.now();
            session.update(
                    "UPDATE snapshots SET labels = ?, updated = ? WHERE id = ?",
                    Codec.labels(changed),
                    Codec.nanos(now),
                    row.id());
            var info = row.info();
            return new SnapshotInfo(info.kind(), info.name(), info.parent(), info.createdAt(), now, changed);
        });
        store.referencesChanged();
        return updated;
    }

    @Override
    public Usage usage(String key) {
        var row = store.database().read(session -> get(session, key));
        return row.info().kind() == Kind.COMMITTED
                ? row.usage()
                : trees.usage(row.id(), store.database().read(session -> parents(session, row.parent())));
    }

    @Override
    public List<Mount> mounts(String key) {
        var row = store.database().read(session -> get(session, key));
        if (row.info().kind() == Kind.COMMITTED) {
            throw new NotFound("active snapshot " + key + ": it is committed");
        }
        return trees.mounts(
                row.id(), row.info().kind(), store.database().read(session -> parents(session, row.parent())));
    }

    @Override
    public List<Mount> prepare(String key, String parent, Map<String, String> labels) {
        return make(Kind.ACTIVE, key, parent, labels, trees::create);
    }

    @Override
    public List<Mount> prepareForLayer(String key, String parent, Map<String, String> labels) {
        return make(
                Kind.ACTIVE,
                key,
                parent,
                labels,
                (id, _, parents, naming) -> trees.createForLayer(id, parents, naming));
    }

    @Override
    public List<Mount> view(String key, String parent, Map<String, String> labels) {
        return make(Kind.VIEW, key, parent, labels, trees::create);
    }

    private record Plan(long parent, List<Long> parents) {}

    private static final Plan ORPHAN = new Plan(0, List.of());

    /// The label by which a client says what the snapshot is to become. When that is there
    /// already nothing needs to be made.
    private static final String TARGET = "containerd.io/snapshot.ref";

    /// One of the ways in which a driver makes a directory.
    @FunctionalInterface
    private interface Creation {
        Made create(long id, Kind kind, List<Long> parents, Naming naming);
    }

    private List<Mount> make(Kind kind, String key, String parent, Map<String, String> labels, Creation creation) {
        if (key.isEmpty()) {
            throw new InvalidArgument("snapshot key must not be empty");
        }
        var stored = Labels.of(labels);
        var id = store.snapshotters().newId();
        // Pinned before the parent is looked up, under the writer's lock: it cannot go meanwhile.
        try (var pinned = new PinnedParent();
                var _ = store.snapshotters().making().pin(id)) {
            var plan = plan(List.of(stored.getOrDefault(TARGET, ""), key), parent, pinned);
            Made made;
            try {
                made = creation.create(id, kind, plan.parents(), named(key, stored));
                keep(kept(made, id, kind, key, plan, stored), stored);
            } catch (RuntimeException e) {
                store.doomed().tree(name, id);
                store.deleted();
                throw e;
            }
            if (made == Made.WHOLE) {
                throw taken(stored.getOrDefault(TARGET, ""));
            }
            return trees.mounts(id, kind, plan.parents());
        }
    }

    /// What is recorded of a new snapshot.
    private record Kept(long id, Kind kind, String key, long parent, Usage usage) {}

    private Kept kept(Made made, long id, Kind kind, String key, Plan plan, Map<String, String> labels) {
        return switch (made) {
            case OPEN -> new Kept(id, kind, key, plan.parent(), new Usage(0, 0));
            case WHOLE ->
                new Kept(
                        id,
                        Kind.COMMITTED,
                        labels.getOrDefault(TARGET, ""),
                        plan.parent(),
                        trees.usage(id, plan.parents()));
        };
    }

    private Naming named(String key, Map<String, String> labels) {
        return new Naming(tenant.namespace(), key, labels);
    }

    /// Holds the pin of a parent, once it is known.
    private final class PinnedParent implements AutoCloseable {
        private Optional<KeyedLocks.Held> held = Optional.empty();

        void pin(long id) {
            held = Optional.of(store.snapshotters().pins().pin(id));
        }

        @Override
        public void close() {
            held.ifPresent(KeyedLocks.Held::close);
        }
    }

    /// @param names the key, after the name that the caller means to commit it under if it said so
    private Plan plan(List<String> names, String parent, PinnedParent pinned) {
        var key = names.getLast();
        record Found(String taken, Plan plan) {}
        var found = store.database().write(session -> {
            tenant.enter(session);
            for (var each : names) {
                if (!each.isEmpty() && find(session, each).isPresent()) {
                    tenant.hold(session, resource(), each);
                    return new Found(each, ORPHAN);
                }
            }
            if (parent.isEmpty()) {
                return new Found("", ORPHAN);
            }
            var row = find(session, parent)
                    .orElseThrow(() -> new NotFound("prepare snapshot " + key + ": parent snapshot " + parent));
            if (row.info().kind() != Kind.COMMITTED) {
                throw new InvalidArgument("prepare snapshot " + key + ": parent " + parent + " is not committed");
            }
            pinned.pin(row.id());
            return new Found("", new Plan(row.id(), parents(session, row.id())));
        });
        if (!found.taken().isEmpty()) {
            throw taken(found.taken());
        }
        return found.plan();
    }

    private void keep(Kept snapshot, Map<String, String> labels) {
        var now = Codec.nanos(store.now());
        var isNew = store.database().write(session -> {
            tenant.enter(session);
            tenant.hold(session, resource(), snapshot.key());
            return session.update(
                            "INSERT OR IGNORE INTO snapshots (id, namespace, snapshotter, name, parent, kind, created,"
                                    + " updated, inodes, bytes, labels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            snapshot.id(),
                            tenant.namespace(),
                            name,
                            snapshot.key(),
                            snapshot.parent(),
                            snapshot.kind().name(),
                            now,
                            now,
                            snapshot.usage().inodes(),
                            snapshot.usage().bytes(),
                            Codec.labels(labels))
                    > 0;
        });
        if (!isNew) {
            throw taken(snapshot.key());
        }
    }

    @Override
    public void commit(String committed, String key, Map<String, String> labels) {
        if (committed.isEmpty()) {
            throw new InvalidArgument("commit snapshot " + key + ": the name must not be empty");
        }
        var stored = Labels.of(labels);
        try (var pinned = new PinnedParent()) {
            var row = store.database().write(session -> {
                tenant.enter(session);
                var found = find(session, key);
                if (find(session, committed).isPresent()) {
                    tenant.hold(session, resource(), committed);
                    return Optional.<Row>empty();
                }
                var active = found.orElseThrow(() -> missing(key));
                requireActive(active);
                pinned.pin(active.id());
                return Optional.of(active);
            });
            var active = row.orElseThrow(() -> taken(committed));
            var parents = store.database().read(session -> parents(session, active.parent()));
            trees.commit(active.id(), parents, named(committed, stored));
            var usage = trees.usage(active.id(), parents);
            rename(active, committed, usage, stored);
        }
    }

    private void rename(Row active, String committed, Usage usage, Map<String, String> labels) {
        var isNew = store.database().write(session -> {
            requireActive(get(session, active.info().name()));
            tenant.enter(session);
            tenant.hold(session, resource(), committed);
            if (find(session, committed).isPresent()) {
                return false;
            }
            var now = Codec.nanos(store.now());
            tenant.letGo(session, resource(), active.info().name());
            session.update(
                    "UPDATE snapshots SET name = ?, kind = ?, created = ?, updated = ?, inodes = ?, bytes = ?,"
                            + " labels = ? WHERE id = ?",
                    committed,
                    Kind.COMMITTED.name(),
                    now,
                    now,
                    usage.inodes(),
                    usage.bytes(),
                    Codec.labels(labels),
                    active.id());
            return true;
        });
        if (!isNew) {
            throw taken(committed);
        }
        // Labels were replaced, and with them what they kept.
        store.referencesChanged();
    }

    private static void requireActive(Row row) {
        if (row.info().kind() != Kind.ACTIVE) {
            throw new FailedPrecondition("commit snapshot " + row.info().name() + ": it is not active");
        }
    }

    @Override
    public void remove(String key) {
        var removed = store.database().write(session -> {
            var row = get(session, key);
            if (store.snapshotters().pins().isPinned(row.id())
                    || session.exists("SELECT 1 FROM snapshots WHERE parent = ? LIMIT 1", row.id())) {
                throw new FailedPrecondition("cannot remove snapshot " + key + ": it has children or is in use");
            }
            tenant.letGo(session, resource(), key);
            session.update("DELETE FROM snapshots WHERE id = ?", row.id());
            return row.id();
        });
        store.doomed().tree(name, removed);
        store.deleted();
    }

    @Override
    public void walk(List<Filter> filters, Consumer<SnapshotInfo> visitor) {
        store
                .database()
                .read(session -> session.list(
                        SELECT + " WHERE s.namespace = ? AND s.snapshotter = ? ORDER BY s.name",
                        SqlSnapshotter::read,
                        tenant.namespace(),
                        name))
                .stream()
                .map(Row::info)
                .filter(info -> Filter.any(filters, Fields.of(info)))
                .forEach(visitor);
    }

    /// Removed at once, as a collection would.
    @Override
    public void cleanup() {
        for (var tree : store.doomed().trees()) {
            if (tree.snapshotter().equals(name)) {
                trees.remove(tree.id());
                store.doomed().forget(tree);
            }
        }
    }

    private String resource() {
        return Tenant.SNAPSHOTS + name;
    }

    private static NotFound missing(String key) {
        return new NotFound("snapshot " + key + " does not exist");
    }

    private static EngineException taken(String key) {
        return new AlreadyExists("snapshot \"" + key + "\"");
    }
}
