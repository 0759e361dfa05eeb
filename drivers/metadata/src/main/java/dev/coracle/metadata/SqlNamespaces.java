package dev.coracle.metadata;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Identifiers;
import dev.coracle.base.Labels;
import dev.coracle.core.namespaces.NamespaceStore;
import dev.coracle.core.types.FieldMask;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class SqlNamespaces implements NamespaceStore {
    /// What a namespace must not contain any more, and the query that finds it.
    private static final Map<String, String> CONTENTS = new java.util.TreeMap<>(Map.of(
            "images", "SELECT 1 FROM images WHERE namespace = ? LIMIT 1",
            "blobs", "SELECT 1 FROM content WHERE namespace = ? LIMIT 1",
            "containers", "SELECT 1 FROM containers WHERE namespace = ? LIMIT 1"));

    /// What goes with it.
    private static final List<String> REMNANTS = List.of("ingests", "leases", "lease_resources");

    private final Database database;

    SqlNamespaces(Database database) {
        this.database = database;
    }

    @Override
    public Map<String, String> labels(String namespace) {
        return database.read(session -> find(session, namespace)).orElse(Map.of());
    }

    private static Optional<Map<String, String>> find(Session session, String namespace) throws SQLException {
        return session.find(
                "SELECT labels FROM namespaces WHERE name = ?", row -> Codec.labels(row.getBytes(1)), namespace);
    }

    @Override
    public List<String> list() {
        return database.read(
                session -> session.list("SELECT name FROM namespaces ORDER BY name", row -> row.getString(1)));
    }

    @Override
    public void create(String namespace, Map<String, String> labels) {
        Identifiers.require("namespace", namespace);
        var stored = Codec.labels(Labels.of(labels));
        database.write(session -> {
            if (session.update("INSERT OR IGNORE INTO namespaces (name, labels) VALUES (?, ?)", namespace, stored)
                    == 0) {
                throw new AlreadyExists("namespace \"" + namespace + "\"");
            }
            return true;
        });
    }

    @Override
    public void update(String namespace, Map<String, String> labels, FieldMask mask) {
        Identifiers.require("namespace", namespace);
        for (var path : mask.paths()) {
            if (path.equals("labels") || !Masks.means(path, "labels")) {
                throw new InvalidArgument(
                        "update namespace \"" + namespace + "\": the path \"" + path + "\" does not name a label");
            }
        }
        database.write(session -> {
            var stored = find(session, namespace).orElse(Map.of());
            var changed = Codec.labels(Labels.of(Masks.labels("a namespace", stored, labels, mask)));
            return session.update(
                    "INSERT INTO namespaces (name, labels) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET labels = ?",
                    namespace,
                    changed,
                    changed);
        });
    }

    @Override
    public void delete(String namespace) {
        database.write(session -> {
            if (find(session, namespace).isEmpty()) {
                throw missing(namespace);
            }
            var left = new ArrayList<String>();
            for (var kind : CONTENTS.entrySet()) {
                if (session.exists(kind.getValue(), namespace)) {
                    left.add(kind.getKey());
                }
            }
            left.addAll(session.list(
                    "SELECT DISTINCT snapshotter FROM snapshots WHERE namespace = ? ORDER BY snapshotter",
                    row -> "snapshots on \"" + row.getString(1) + "\" snapshotter",
                    namespace));
            if (!left.isEmpty()) {
                throw new FailedPrecondition(
                        "namespace \"" + namespace + "\" must be empty, but it still has " + String.join(", ", left));
            }
            for (var table : REMNANTS) {
                session.update("DELETE FROM " + table + " WHERE namespace = ?", namespace);
            }
            return session.update("DELETE FROM namespaces WHERE name = ?", namespace);
        });
    }

    private static NotFound missing(String namespace) {
        return new NotFound("namespace \"" + namespace + "\"");
    }
}
