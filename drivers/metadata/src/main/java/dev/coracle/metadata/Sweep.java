package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.core.events.Event;
import dev.coracle.metadata.References.Node;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One collection's transaction: marks what is kept, namespace by namespace, and removes the
/// records of the rest. Files go afterwards.
final class Sweep {
    record Gone(String namespace, Event event) {}

    private record Content(String digest, Map<String, String> labels) {}

    private record Snapshot(long id, String snapshotter, String name, long parent, Map<String, String> labels) {
        Node node() {
            return Node.snapshot(snapshotter, name);
        }
    }

    private record NamedImage(String name, String digest, Map<String, String> labels) {}

    private record LeaseRow(String id, Map<String, String> labels) {}

    private record Member(String lease, String type, String id) {}

    private record IngestRow(Ingest ingest, long expires) {}

    private final Store store;
    private final Session session;
    private final Instant now;

    private final List<Digest> blobs = new ArrayList<>();
    private final List<Doomed.Tree> trees = new ArrayList<>();
    private final List<Ingest> ingests = new ArrayList<>();
    private final List<Gone> gone = new ArrayList<>();
    private Optional<Instant> nextExpiry = Optional.empty();
    private int removed;

    private Sweep(Store store, Session session) {
        this.store = store;
        this.session = session;
        this.now = store.now();
    }

    /// Does it, within a transaction of the writer.
    static Sweep run(Store store, Session session) throws SQLException {
        var sweep = new Sweep(store, session);
        for (var namespace : session.list("SELECT name FROM namespaces", row -> row.getString(1))) {
            sweep.sweep(namespace);
        }
        return sweep;
    }

    List<Digest> blobs() {
        return blobs;
    }

    List<Doomed.Tree> trees() {
        return trees;
    }

    List<Ingest> ingests() {
        return ingests;
    }

    List<Gone> gone() {
        return gone;
    }

    /// When the next object ends by its label.
    Optional<Instant> nextExpiry() {
        return nextExpiry;
    }

    /// Records removed.
    int removed() {
        return removed;
    }

    private void sweep(String namespace) throws SQLException {
        var graph = new Graph();
        addLeases(namespace, graph);
        addContainers(namespace, graph);
        var contents = contents(namespace, graph);
        var snapshots = snapshots(namespace, graph);
        var images = images(namespace, graph);
        var found = ingests(namespace, graph);
        graph.mark(now);
        for (var content : contents) {
            if (!graph.isKept(Node.content(content.digest()))) {
                blobs.add(Digest.parse(content.digest()));
                remove("DELETE FROM content WHERE namespace = ? AND digest = ?", namespace, content.digest());
            }
        }
        for (var snapshot : snapshots) {
            if (!graph.isKept(snapshot.node())) {
                trees.add(new Doomed.Tree(snapshot.snapshotter(), snapshot.id()));
                gone.add(new Gone(namespace, new Event.SnapshotRemoved(snapshot.name(), snapshot.snapshotter())));
                remove("DELETE FROM snapshots WHERE id = ?", snapshot.id());
            }
        }
        for (var image : images) {
            if (!graph.isKept(Node.image(image.name()))) {
                gone.add(new Gone(namespace, new Event.ImageDeleted(image.name())));
                remove("DELETE FROM images WHERE namespace = ? AND name = ?", namespace, image.name());
            }
        }
        for (var ingest : found) {
            if (!graph.isKept(Node.ingest(ingest.ref()))) {
                ingests.add(ingest);
                remove("DELETE FROM ingests WHERE id = ?", ingest.id());
            }
        }
    }

    private void remove(String sql, Object... values) throws SQLException {
        removed += session.update(sql, values);
    }

    /// Leases that have not ended keep their members; those that have are removed.
    private void addLeases(String namespace, Graph graph) throws SQLException {
        var leases = session.list(
                "SELECT id, labels FROM leases WHERE namespace = ?",
                row -> new LeaseRow(row.getString(1), Codec.labels(row.getBytes(2))),
                namespace);
        if (leases.isEmpty()) {
            return;
        }
        var flat = new HashMap<String, Boolean>();
        for (var lease : leases) {
            if (isOver(lease.labels())) {
                session.update("DELETE FROM lease_resources WHERE namespace = ? AND lease = ?", namespace, lease.id());
                remove("DELETE FROM leases WHERE namespace = ? AND id = ?", namespace, lease.id());
            } else {
                flat.put(lease.id(), lease.labels().containsKey(References.FLAT));
            }
        }
        var members = session.list(
                "SELECT lease, type, id FROM lease_resources WHERE namespace = ?",
                row -> new Member(row.getString(1), row.getString(2), row.getString(3)),
                namespace);
        for (var member : members) {
            var isFlat = flat.get(member.lease());
            if (isFlat != null && isFlat) {
                graph.flatRoot(node(member));
            } else if (isFlat != null) {
                graph.root(node(member));
            }
        }
    }

    private static Node node(Member member) {
        return switch (member.type()) {
            case Tenant.CONTENT -> Node.content(member.id());
            case Tenant.IMAGES -> Node.image(member.id());
            case Tenant.INGESTS -> Node.ingest(member.id());
            default -> Node.snapshot(member.type().substring(Tenant.SNAPSHOTS.length()), member.id());
        };
    }

    private void addContainers(String namespace, Graph graph) throws SQLException {
        record Row(String id, String snapshotter, String key, Map<String, String> labels) {}
        var containers = session.list(
                "SELECT id, snapshotter, snapshot_key, labels FROM containers WHERE namespace = ?",
                row -> new Row(row.getString(1), row.getString(2), row.getString(3), Codec.labels(row.getBytes(4))),
                namespace);
        for (var container : containers) {
            var node = Node.container(container.id());
            graph.add(node, container.labels());
            if (!container.key().isEmpty()) {
                graph.refer(node, Node.snapshot(container.snapshotter(), container.key()));
            }
            graph.root(node);
        }
    }

    private List<Content> contents(String namespace, Graph graph) throws SQLException {
        var contents = session.list(
                "SELECT digest, labels FROM content WHERE namespace = ?",
                row -> new Content(row.getString(1), Codec.labels(row.getBytes(2))),
                namespace);
        for (var content : contents) {
            var node = Node.content(content.digest());
            graph.add(node, content.labels());
            if (content.labels().containsKey(References.ROOT)) {
                graph.root(node);
            }
        }
        return contents;
    }

    private List<Snapshot> snapshots(String namespace, Graph graph) throws SQLException {
        var snapshots = session.list(
                "SELECT id, snapshotter, name, parent, labels FROM snapshots WHERE namespace = ?",
                row -> new Snapshot(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        Codec.labels(row.getBytes(5))),
                namespace);
        var byId = new HashMap<Long, Snapshot>();
        snapshots.forEach(snapshot -> byId.put(snapshot.id(), snapshot));
        for (var snapshot : snapshots) {
            graph.add(snapshot.node(), snapshot.labels());
            var parent = byId.get(snapshot.parent());
            if (parent != null) {
                graph.found(snapshot.node(), parent.node());
            }
            if (snapshot.labels().containsKey(References.ROOT)
                    || store.snapshotters().pins().isPinned(snapshot.id())) {
                graph.root(snapshot.node());
            }
        }
        return snapshots;
    }

    private List<NamedImage> images(String namespace, Graph graph) throws SQLException {
        var images = session.list(
                "SELECT name, digest, labels FROM images WHERE namespace = ?",
                row -> new NamedImage(row.getString(1), row.getString(2), Codec.labels(row.getBytes(3))),
                namespace);
        for (var image : images) {
            var node = Node.image(image.name());
            graph.add(node, image.labels());
            graph.found(node, Node.content(image.digest()));
            if (!isOver(image.labels())) {
                graph.root(node);
            }
        }
        return images;
    }

    private List<Ingest> ingests(String namespace, Graph graph) throws SQLException {
        var rows = session.list(
                "SELECT id, ref, total, expected, shared, started, updated, expires FROM ingests WHERE namespace = ?",
                row -> new IngestRow(Ingest.read(row), row.getLong(8)),
                namespace);
        for (var row : rows) {
            var node = Node.ingest(row.ingest().ref());
            row.ingest().expected().ifPresent(digest -> graph.refer(node, Node.content(digest.toString())));
            if (isPending(row)
                    || store.openIngests()
                            .isOpen(new OpenIngests.Key(namespace, row.ingest().ref()))) {
                graph.root(node);
            }
        }
        return rows.stream().map(IngestRow::ingest).toList();
    }

    /// An ingest without a lease is kept until its time; one with a lease as long as that.
    private boolean isPending(IngestRow row) {
        if (row.expires() == 0) {
            return false;
        }
        var end = Codec.time(row.expires());
        if (end.isAfter(now)) {
            expects(end);
            return true;
        }
        return false;
    }

    private boolean isOver(Map<String, String> labels) {
        var end = Expiry.of(labels);
        if (end.isEmpty()) {
            return false;
        }
        if (end.get().isAfter(now)) {
            expects(end.get());
            return false;
        }
        return true;
    }

    private void expects(Instant end) {
        if (nextExpiry.isEmpty() || end.isBefore(nextExpiry.get())) {
            nextExpiry = Optional.of(end);
        }
    }
}
