package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.base.Labels;
import dev.coracle.core.images.Image;
import dev.coracle.core.images.ImageStore;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.FieldMask;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class SqlImages implements ImageStore {
    private static final String COLUMNS = "name, media_type, digest, size, annotations, labels, created, updated";

    private final Store store;
    private final Tenant tenant;

    SqlImages(Store store, Tenant tenant) {
        this.store = store;
        this.tenant = tenant;
    }

    @Override
    public Image get(String name) {
        return store.database().read(session -> find(session, name)).orElseThrow(() -> missing(name));
    }

    private Optional<Image> find(Session session, String name) throws SQLException {
        return session.find(
                "SELECT " + COLUMNS + " FROM images WHERE namespace = ? AND name = ?",
                SqlImages::read,
                tenant.namespace(),
                name);
    }

    private static Image read(ResultSet row) throws SQLException {
        return new Image(
                row.getString(1),
                new Descriptor(
                        row.getString(2),
                        Digest.parse(row.getString(3)),
                        row.getLong(4),
                        Codec.labels(row.getBytes(5))),
                Codec.labels(row.getBytes(6)),
                Codec.time(row.getLong(7)),
                Codec.time(row.getLong(8)));
    }

    @Override
    public List<Image> list(List<Filter> filters) {
        return store
                .database()
                .read(session -> session.list(
                        "SELECT " + COLUMNS + " FROM images WHERE namespace = ? ORDER BY name",
                        SqlImages::read,
                        tenant.namespace()))
                .stream()
                .filter(image -> Filter.any(filters, Fields.of(image)))
                .toList();
    }

    @Override
    public Image create(Image image, Optional<Instant> createdAt) {
        var now = store.now();
        var made = validated(image.name(), image.target(), image.labels(), createdAt.orElse(now), now);
        var isNew = store.database().write(session -> {
            tenant.enter(session);
            if (Expiry.of(made.labels()).isPresent()) { // any other image is a root by itself
                tenant.hold(session, Tenant.IMAGES, made.name());
            }
            return session.update(
                            "INSERT OR IGNORE INTO images (namespace, " + COLUMNS
                                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            tenant.namespace(),
                            made.name(),
                            made.target().mediaType(),
                            made.target().digest().toString(),
                            made.target().size(),
                            Codec.labels(made.target().annotations()),
                            Codec.labels(made.labels()),
                            Codec.nanos(made.createdAt()),
                            Codec.nanos(made.updatedAt()))
                    > 0;
        });
        if (!isNew) {
            throw new AlreadyExists("image \"" + image.name() + "\"");
        }
        store.mayExpire(made.labels());
        return made;
    }

    @Override
    public Image update(Image image, FieldMask mask, Optional<Instant> updatedAt) {
        if (image.name().isEmpty()) {
            throw new InvalidArgument("image name must not be empty");
        }
        var updated = store.database().write(session -> {
            var stored = find(session, image.name()).orElseThrow(() -> missing(image.name()));
            var changed = changed(stored, image, mask, updatedAt.orElse(store.now()));
            session.update(
                    "UPDATE images SET media_type = ?, digest = ?, size = ?, annotations = ?, labels = ?, updated = ?"
                            + " WHERE namespace = ? AND name = ?",
                    changed.target().mediaType(),
                    changed.target().digest().toString(),
                    changed.target().size(),
                    Codec.labels(changed.target().annotations()),
                    Codec.labels(changed.labels()),
                    Codec.nanos(changed.updatedAt()),
                    tenant.namespace(),
                    changed.name());
            return changed;
        });
        store.referencesChanged();
        store.mayExpire(updated.labels());
        return updated;
    }

    private static Image changed(Image stored, Image given, FieldMask mask, Instant updatedAt) {
        var target = stored.target();
        var labels = stored.labels();
        if (mask.isEmpty()) {
            target = given.target();
            labels = given.labels();
        }
        for (var path : mask.paths()) {
            if (path.equals("target")) {
                target = given.target();
            } else if (Masks.means(path, "labels")) {
                labels = Masks.apply(path, "labels", labels, given.labels());
            } else if (Masks.means(path, "annotations")) {
                target = new Descriptor(
                        target.mediaType(),
                        target.digest(),
                        target.size(),
                        Masks.apply(
                                path,
                                "annotations",
                                target.annotations(),
                                given.target().annotations()));
            } else {
                throw Masks.unknown("an image", path);
            }
        }
        return validated(stored.name(), target, labels, stored.createdAt(), updatedAt);
    }

    @Override
    public void delete(String name, Optional<Digest> target) {
        store.database().write(session -> {
            var stored = find(session, name).orElseThrow(() -> missing(name));
            if (target.isPresent() && !target.get().equals(stored.target().digest())) {
                throw new NotFound("image \"" + name + "\" has the target "
                        + stored.target().digest() + " and not " + target.get());
            }
            tenant.letGo(session, Tenant.IMAGES, name);
            return session.update("DELETE FROM images WHERE namespace = ? AND name = ?", tenant.namespace(), name);
        });
        store.deleted();
    }

    private static Image validated(
            String name, Descriptor target, Map<String, String> labels, Instant createdAt, Instant updatedAt) {
        if (name.isEmpty()) {
            throw new InvalidArgument("image name must not be empty");
        }
        if (target.mediaType().isEmpty()) {
            throw new InvalidArgument("image \"" + name + "\": the target's media type must not be empty");
        }
        if (target.size() <= 0) {
            throw new InvalidArgument(
                    "image \"" + name + "\": the target's size must be greater than zero, it is " + target.size());
        }
        return new Image(name, target, Labels.of(labels), createdAt, updatedAt);
    }

    private static NotFound missing(String name) {
        return new NotFound("image \"" + name + "\"");
    }
}
