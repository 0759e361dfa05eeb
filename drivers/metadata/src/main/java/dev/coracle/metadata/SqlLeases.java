package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Filter;
import dev.coracle.base.Labels;
import dev.coracle.core.leases.Lease;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.leases.LeaseStore;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class SqlLeases implements LeaseStore {
    private final Store store;
    private final Tenant tenant;

    SqlLeases(Store store, Tenant tenant) {
        this.store = store;
        this.tenant = tenant;
    }

    @Override
    public Lease create(Optional<String> id, Map<String, String> labels) {
        var made =
                new Lease(id.filter(given -> !given.isEmpty()).orElseGet(this::random), store.now(), Labels.of(labels));
        store.database().write(session -> {
            tenant.enter(session);
            if (session.update(
                            "INSERT OR IGNORE INTO leases (namespace, id, created, labels) VALUES (?, ?, ?, ?)",
                            tenant.namespace(),
                            made.id(),
                            Codec.nanos(made.createdAt()),
                            Codec.labels(made.labels()))
                    == 0) {
                throw new AlreadyExists("lease \"" + made.id() + "\"");
            }
            return true;
        });
        store.mayExpire(made.labels());
        return made;
    }

    private String random() {
        var bytes = new byte[16];
        store.random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void delete(String id) {
        store.database().write(session -> {
            if (session.update("DELETE FROM leases WHERE namespace = ? AND id = ?", tenant.namespace(), id) == 0) {
                throw missing(id);
            }
            return session.update(
                    "DELETE FROM lease_resources WHERE namespace = ? AND lease = ?", tenant.namespace(), id);
        });
        store.deleted();
    }

    @Override
    public List<Lease> list(List<Filter> filters) {
        return store
                .database()
                .read(session -> session.list(
                        "SELECT id, created, labels FROM leases WHERE namespace = ? ORDER BY id",
                        row -> new Lease(row.getString(1), Codec.time(row.getLong(2)), Codec.labels(row.getBytes(3))),
                        tenant.namespace()))
                .stream()
                .filter(lease -> Filter.any(filters, Fields.of(lease)))
                .toList();
    }

    @Override
    public void add(String lease, LeaseResource resource) {
        validate(resource);
        store.database().write(session -> {
            require(session, lease);
            return session.update(
                    "INSERT OR IGNORE INTO lease_resources (namespace, lease, type, id) VALUES (?, ?, ?, ?)",
                    tenant.namespace(),
                    lease,
                    resource.type(),
                    resource.id());
        });
    }

    @Override
    public void remove(String lease, LeaseResource resource) {
        validate(resource);
        store.database().write(session -> {
            require(session, lease);
            return session.update(
                    "DELETE FROM lease_resources WHERE namespace = ? AND lease = ? AND type = ? AND id = ?",
                    tenant.namespace(),
                    lease,
                    resource.type(),
                    resource.id());
        });
        store.deleted();
    }

    @Override
    public List<LeaseResource> resources(String lease) {
        return store.database().read(session -> {
            require(session, lease);
            return session.list(
                    "SELECT type, id FROM lease_resources WHERE namespace = ? AND lease = ? ORDER BY type, id",
                    row -> new LeaseResource(row.getString(1), row.getString(2)),
                    tenant.namespace(),
                    lease);
        });
    }

    private void require(Session session, String lease) throws SQLException {
        if (!session.exists("SELECT 1 FROM leases WHERE namespace = ? AND id = ?", tenant.namespace(), lease)) {
            throw missing(lease);
        }
    }

    private static void validate(LeaseResource resource) {
        var type = resource.type();
        var kind = type.contains("/") ? type.substring(0, type.indexOf('/')) : type;
        switch (kind) {
            case "content", "ingests", "images" -> {
                if (!type.equals(kind)) {
                    throw new InvalidArgument("lease resource type \"" + type + "\" must be \"" + kind + "\"");
                }
                if (kind.equals("content")) {
                    Digest.parse(resource.id());
                }
            }
            case "snapshots" -> {
                if (!type.matches("snapshots/[^/]+")) {
                    throw new InvalidArgument(
                            "lease resource type \"" + type + "\" must be \"snapshots/\" and a snapshotter");
                }
            }
            default -> throw new NotImplemented("lease resource type \"" + type + "\"");
        }
        if (resource.id().isEmpty()) {
            throw new InvalidArgument("lease resource of type \"" + type + "\" must have an id");
        }
    }

    private static NotFound missing(String id) {
        return new NotFound("lease \"" + id + "\"");
    }
}
