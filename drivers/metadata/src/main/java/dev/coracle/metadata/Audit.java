package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Compares records with files, both ways. After a collection it finds nothing; anything else is
/// a leak or a loss. What is just being made or removed by others is not taken for either: files
/// are looked for first and records then, and only what is found twice is told.
final class Audit {
    private record Blob(Digest digest, long size) {}

    private record Snapshot(long id, String snapshotter, String name, Kind kind, long parent) {}

    private final Store store;
    private final List<String> findings = new ArrayList<>();

    private Audit(Store store) {
        this.store = store;
    }

    /// One sentence for each thing that does not fit.
    static List<String> findings(Store store) {
        var first = once(store);
        if (first.isEmpty()) {
            return first;
        }
        var second = Set.copyOf(once(store));
        return first.stream().filter(second::contains).toList();
    }

    private static List<String> once(Store store) {
        var audit = new Audit(store);
        audit.blobs();
        audit.ingests();
        audit.containers();
        for (var name : store.snapshotters().names()) {
            try {
                audit.snapshots(name, store.snapshotters().get(name));
            } catch (EngineException unusable) {
                audit.unusable(name, unusable);
            }
        }
        return List.copyOf(audit.findings);
    }

    /// One that does not work on this machine and has nothing is no finding.
    private void unusable(String snapshotter, EngineException why) {
        if (store.database()
                .read(session ->
                        session.exists("SELECT 1 FROM snapshots WHERE snapshotter = ? LIMIT 1", snapshotter))) {
            findings.add("snapshots of " + snapshotter + " cannot be looked at: " + why.message());
        }
    }

    private void containers() {
        record Container(String namespace, String id, String snapshotter, String key) {}
        store.database()
                .read(session -> session.list(
                        "SELECT c.namespace, c.id, c.snapshotter, c.snapshot_key FROM containers c"
                                + " WHERE c.snapshot_key <> '' AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE"
                                + " s.namespace = c.namespace AND s.snapshotter = c.snapshotter"
                                + " AND s.name = c.snapshot_key)",
                        row -> new Container(row.getString(1), row.getString(2), row.getString(3), row.getString(4))))
                .forEach(lost -> findings.add("container " + lost.id() + " of namespace " + lost.namespace()
                        + " has no snapshot " + lost.key() + " of " + lost.snapshotter()));
    }

    private void blobs() {
        var files = new HashSet<>(store.blobs().blobs());
        var records = store.database()
                .read(session -> session.list(
                        "SELECT DISTINCT digest, size FROM content",
                        row -> new Blob(Digest.parse(row.getString(1)), row.getLong(2))));
        var shared = store.database()
                .read(session -> session.list(
                        "SELECT expected FROM ingests WHERE shared = 1", row -> Digest.parse(row.getString(1))));
        for (var record : records) {
            var size = size(record.digest());
            if (size.isEmpty()) {
                findings.add("content " + record.digest() + " has no file");
            } else if (size.get() != record.size()) {
                findings.add("content " + record.digest() + " has " + size.get() + " bytes on disk instead of "
                        + record.size());
            }
        }
        records.forEach(record -> files.remove(record.digest()));
        shared.forEach(files::remove);
        files.stream()
                .filter(this::isLeft)
                .forEach(digest -> findings.add("the file of blob " + digest + " has no record"));
    }

    private Optional<Long> size(Digest digest) {
        try {
            return Optional.of(store.blobs().size(digest));
        } catch (NotFound missing) {
            return Optional.empty();
        }
    }

    /// Whoever makes a blob of a file holds its lock until the record is there, and so does the
    /// collector.
    private boolean isLeft(Digest digest) {
        try (var _ = store.blobLocks().lock(digest)) {
            return store.blobs().exists(digest)
                    && !store.doomed().blobs().contains(digest)
                    && !store.database()
                            .read(session -> session.exists(
                                    "SELECT 1 FROM content WHERE digest = ? LIMIT 1", digest.toString()));
        }
    }

    private void ingests() {
        var files = store.blobs().ingests();
        var records = Set.copyOf(store.database()
                .read(session -> session.list("SELECT id FROM ingests", row -> Long.toString(row.getLong(1)))));
        files.stream()
                .filter(id -> !records.contains(id))
                .forEach(id -> findings.add("the file of ingest " + id + " has no record"));
    }

    private void snapshots(String snapshotter, SnapshotTrees directories) {
        var trees = new HashSet<>(directories.ids());
        trees.removeAll(store.snapshotters().making().ids());
        var records = store.database()
                .read(session -> session.list(
                        "SELECT id, snapshotter, name, kind, parent FROM snapshots WHERE snapshotter = ?",
                        row -> new Snapshot(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                Kind.valueOf(row.getString(4)),
                                row.getLong(5)),
                        snapshotter));
        var byId =
                records.stream().collect(Collectors.toMap(Snapshot::id, record -> record, (a, _) -> a, HashMap::new));
        for (var record : records) {
            var name = "snapshot " + record.name() + " of " + snapshotter;
            if (record.kind() != Kind.VIEW && !trees.contains(record.id())) {
                findings.add(name + " has no directory " + record.id());
            }
            var parent = byId.get(record.parent());
            if (record.parent() != 0 && (parent == null || parent.kind() != Kind.COMMITTED)) {
                findings.add(name + " has no committed parent");
            }
        }
        trees.removeAll(byId.keySet());
        store.doomed().trees().forEach(doomed -> trees.remove(doomed.id()));
        trees.forEach(id -> findings.add("directory " + id + " of " + snapshotter + " has no record"));
    }
}
