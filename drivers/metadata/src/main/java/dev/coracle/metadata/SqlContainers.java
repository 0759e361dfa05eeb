package dev.coracle.metadata;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.base.Identifiers;
import dev.coracle.base.Labels;
import dev.coracle.core.containers.Container;
import dev.coracle.core.containers.ContainerStore;
import dev.coracle.core.types.FieldMask;
import dev.coracle.core.types.TypedBytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class SqlContainers implements ContainerStore {
    private static final String COLUMNS = "id, labels, image, runtime, options_type, options, spec_type, spec,"
            + " snapshotter, snapshot_key, created, updated, extensions, sandbox";

    private final Store store;
    private final Tenant tenant;

    SqlContainers(Store store, Tenant tenant) {
        this.store = store;
        this.tenant = tenant;
    }

    @Override
    public Container get(String id) {
        return store.database().read(session -> find(session, id)).orElseThrow(() -> missing(id));
    }

    private Optional<Container> find(Session session, String id) throws SQLException {
        return session.find(
                "SELECT " + COLUMNS + " FROM containers WHERE namespace = ? AND id = ?",
                SqlContainers::read,
                tenant.namespace(),
                id);
    }

    private static Container read(ResultSet row) throws SQLException {
        return new Container(
                row.getString(1),
                Codec.labels(row.getBytes(2)),
                row.getString(3),
                new Container.RuntimeRef(row.getString(4), new TypedBytes(row.getString(5), row.getBytes(6))),
                new TypedBytes(row.getString(7), row.getBytes(8)),
                row.getString(9),
                row.getString(10),
                Codec.time(row.getLong(11)),
                Codec.time(row.getLong(12)),
                Codec.extensions(row.getBytes(13)),
                row.getString(14));
    }

    @Override
    public List<Container> list(List<Filter> filters) {
        return store
                .database()
                .read(session -> session.list(
                        "SELECT " + COLUMNS + " FROM containers WHERE namespace = ? ORDER BY id",
                        SqlContainers::read,
                        tenant.namespace()))
                .stream()
                .filter(container -> Filter.any(filters, Fields.of(container)))
                .toList();
    }

    @Override
    public Container create(Container container) {
        var now = store.now();
        var made = validated(container, now, now);
        store.database().write(session -> {
            tenant.enter(session);
            if (find(session, made.id()).isPresent()) {
                throw new AlreadyExists("container \"" + made.id() + "\"");
            }
            return session.update(
                    "INSERT INTO containers (namespace, " + COLUMNS
                            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    tenant.namespace(),
                    made.id(),
                    Codec.labels(made.labels()),
                    made.image(),
                    made.runtime().name(),
                    made.runtime().options().typeUrl(),
                    made.runtime().options().value(),
                    made.spec().typeUrl(),
                    made.spec().value(),
                    made.snapshotter(),
                    made.snapshotKey(),
                    Codec.nanos(made.createdAt()),
                    Codec.nanos(made.updatedAt()),
                    Codec.extensions(made.extensions()),
                    made.sandbox());
        });
        return made;
    }

    @Override
    public Container update(Container container, FieldMask mask) {
        Identifiers.require("container id", container.id());
        var updated = store.database().write(session -> {
            var stored = find(session, container.id()).orElseThrow(() -> missing(container.id()));
            var changed = validated(changed(stored, container, mask), stored.createdAt(), store.now());
            session.update(
                    "UPDATE containers SET labels = ?, image = ?, spec_type = ?, spec = ?, snapshot_key = ?,"
                            + " extensions = ?, updated = ? WHERE namespace = ? AND id = ?",
                    Codec.labels(changed.labels()),
                    changed.image(),
                    changed.spec().typeUrl(),
                    changed.spec().value(),
                    changed.snapshotKey(),
                    Codec.extensions(changed.extensions()),
                    Codec.nanos(changed.updatedAt()),
                    tenant.namespace(),
                    changed.id());
            return changed;
        });
        store.referencesChanged();
        return updated;
    }

    private static Container changed(Container stored, Container given, FieldMask mask) {
        if (mask.isEmpty()) {
            immutable(stored.id(), "snapshotter", stored.snapshotter(), given.snapshotter());
            immutable(
                    stored.id(),
                    "runtime.name",
                    stored.runtime().name(),
                    given.runtime().name());
            return with(stored, given.labels(), given.image(), given.spec(), given.snapshotKey(), given.extensions());
        }
        var labels = stored.labels();
        var image = stored.image();
        var spec = stored.spec();
        var snapshotKey = stored.snapshotKey();
        var extensions = stored.extensions();
        for (var path : mask.paths()) {
            switch (path) {
                case "image" -> image = given.image();
                case "spec" -> spec = given.spec();
                case "snapshotkey" -> snapshotKey = given.snapshotKey();
                default -> {
                    if (Masks.means(path, "labels")) {
                        labels = Masks.apply(path, "labels", labels, given.labels());
                    } else if (Masks.means(path, "extensions")) {
                        extensions = Masks.apply(path, "extensions", extensions, given.extensions());
                    } else {
                        throw Masks.unknown("container \"" + stored.id() + "\"", path);
                    }
                }
            }
        }
        return with(stored, labels, image, spec, snapshotKey, extensions);
    }

    private static void immutable(String id, String field, String stored, String given) {
        if (!stored.equals(given)) {
            throw new InvalidArgument("cannot update container \"" + id + "\": " + field + " cannot be changed from \""
                    + stored + "\" to \"" + given + "\"");
        }
    }

    private static Container with(
            Container stored,
            Map<String, String> labels,
            String image,
            TypedBytes spec,
            String snapshotKey,
            Map<String, TypedBytes> extensions) {
        return new Container(
                stored.id(),
                labels,
                image,
                stored.runtime(),
                spec,
                stored.snapshotter(),
                snapshotKey,
                stored.createdAt(),
                stored.updatedAt(),
                extensions,
                stored.sandbox());
    }

    @Override
    public void delete(String id) {
        store.database().write(session -> {
            if (session.update("DELETE FROM containers WHERE namespace = ? AND id = ?", tenant.namespace(), id) == 0) {
                throw missing(id);
            }
            return true;
        });
        store.deleted();
    }

    private static Container validated(Container container, Instant createdAt, Instant updatedAt) {
        var id = Identifiers.require("container id", container.id());
        if (container.runtime().name().isEmpty()) {
            throw new InvalidArgument("container \"" + id + "\": the runtime's name must not be empty");
        }
        if (container.spec().isNone()) {
            throw new InvalidArgument("container \"" + id + "\": the specification must be given");
        }
        if (!container.snapshotKey().isEmpty() && container.snapshotter().isEmpty()) {
            throw new InvalidArgument("container \"" + id + "\": a snapshot key needs a snapshotter");
        }
        if (container.extensions().containsKey("")) {
            throw new InvalidArgument("container \"" + id + "\": the name of an extension must not be empty");
        }
        return new Container(
                id,
                Labels.of(container.labels()),
                container.image(),
                container.runtime(),
                container.spec(),
                container.snapshotter(),
                container.snapshotKey(),
                createdAt,
                updatedAt,
                container.extensions(),
                container.sandbox());
    }

    private NotFound missing(String id) {
        return new NotFound("container \"" + id + "\" in namespace \"" + tenant.namespace() + "\"");
    }
}
