package dev.coracle.metadata;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.stores.Scope;
import java.sql.SQLException;

/// A scope at work in a transaction: its namespace springs into being with the first write, and
/// its lease holds what is made or found.
record Tenant(Scope scope) {
    /// How lease members are called.
    static final String CONTENT = "content";

    static final String INGESTS = "ingests";
    static final String IMAGES = "images";
    static final String SNAPSHOTS = "snapshots/";

    String namespace() {
        return scope.namespace();
    }

    boolean isLeased() {
        return scope.lease().isPresent();
    }

    /// To be called first by every write that makes something.
    void enter(Session session) throws SQLException {
        session.update("INSERT OR IGNORE INTO namespaces (name, labels) VALUES (?, x'')", namespace());
        if (isLeased()
                && !session.exists(
                        "SELECT 1 FROM leases WHERE namespace = ? AND id = ?",
                        namespace(),
                        scope.lease().get())) {
            throw new NotFound("lease \"" + scope.lease().get() + "\" does not exist");
        }
    }

    void hold(Session session, String type, String id) throws SQLException {
        if (isLeased()) {
            session.update(
                    "INSERT OR IGNORE INTO lease_resources (namespace, lease, type, id) VALUES (?, ?, ?, ?)",
                    namespace(),
                    scope.lease().get(),
                    type,
                    id);
        }
    }

    void letGo(Session session, String type, String id) throws SQLException {
        if (isLeased()) {
            session.update(
                    "DELETE FROM lease_resources WHERE namespace = ? AND lease = ? AND type = ? AND id = ?",
                    namespace(),
                    scope.lease().get(),
                    type,
                    id);
        }
    }
}
