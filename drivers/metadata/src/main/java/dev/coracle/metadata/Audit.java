package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.core.snapshots.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Compares records with files, both ways. While nothing else uses the store, a collection
/// followed by an audit finds nothing; anything else is a leak or a loss.
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
        var audit = new Audit(store);
        audit.blobs();
        audit.ingests();
        store.snapshotters().names().forEach(audit::snapshots);
        return List.copyOf(audit.findings);
    }

    private void blobs() {
        var records = store.database()
                .read(session -> session.list(
                        "SELECT DISTINCT digest, size FROM content",
                        row -> new Blob(Digest.parse(row.getString(1)), row.getLong(2))));
        var shared = store.database()
                .read(session -> session.list(
                        "SELECT expected FROM ingests WHERE shared = 1", row -> Digest.parse(row.getString(1))));
        var files = new HashSet<>(store.blobs().blobs());
        for (var record : records) {
            if (!files.contains(record.digest())) {
                findings.add("content " + record.digest() + " has no file");
            } else if (store.blobs().size(record.digest()) != record.size()) {
                findings.add("content " + record.digest() + " has "
                        + store.blobs().size(record.digest()) + " bytes on disk instead of " + record.size());
            }
        }
        records.forEach(record -> files.remove(record.digest()));
        shared.forEach(files::remove);
        files.forEach(digest -> findings.add("the file of blob " + digest + " has no record"));
    }

    private void ingests() {
        var records = Set.copyOf(store.database()
                .read(session -> session.list("SELECT id FROM ingests", row -> Long.toString(row.getLong(1)))));
        store.blobs().ingests().stream()
                .filter(id -> !records.contains(id))
                .forEach(id -> findings.add("the file of ingest " + id + " has no record"));
    }

    private void snapshots(String snapshotter) {
        var trees = new HashSet<>(store.snapshotters().get(snapshotter).ids());
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
        trees.forEach(id -> findings.add("directory " + id + " of " + snapshotter + " has no record"));
    }
}
