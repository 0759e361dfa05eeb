package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.base.Labels;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.content.IngestStatus;
import dev.coracle.core.types.FieldMask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

final class SqlContent implements ContentStore {
    /// How long an ingest that no lease holds is kept after it was begun.
    private static final Duration UNLEASED = Duration.ofHours(24);

    private static final String SHAREABLE = "containerd.io/namespace.shareable";
    private static final String COLUMNS = "digest, size, created, updated, labels";

    private final Store store;
    private final Tenant tenant;

    SqlContent(Store store, Tenant tenant) {
        this.store = store;
        this.tenant = tenant;
    }

    @Override
    public ContentInfo info(Digest digest) {
        return store.database().read(session -> find(session, digest)).orElseThrow(() -> missing(digest));
    }

    private Optional<ContentInfo> find(Session session, Digest digest) throws SQLException {
        return session.find(
                "SELECT " + COLUMNS + " FROM content WHERE namespace = ? AND digest = ?",
                SqlContent::read,
                tenant.namespace(),
                digest.toString());
    }

    private static ContentInfo read(ResultSet row) throws SQLException {
        return new ContentInfo(
                Digest.parse(row.getString(1)),
                row.getLong(2),
                Codec.time(row.getLong(3)),
                Codec.time(row.getLong(4)),
                Codec.labels(row.getBytes(5)));
    }

    @Override
    public ContentInfo update(Digest digest, Map<String, String> labels, FieldMask mask) {
        var updated = store.database().write(session -> {
            var stored = find(session, digest).orElseThrow(() -> missing(digest));
            var changed = Labels.of(Masks.labels("content " + digest, stored.labels(), labels, mask));
            var now = store.now();
            session.update(
                    "UPDATE content SET labels = ?, updated = ? WHERE namespace = ? AND digest = ?",
                    Codec.labels(changed),
                    Codec.nanos(now),
                    tenant.namespace(),
                    digest.toString());
            return new ContentInfo(digest, stored.size(), stored.createdAt(), now, changed);
        });
        store.referencesChanged();
        return updated;
    }

    @Override
    public void walk(List<Filter> filters, Consumer<ContentInfo> visitor) {
        store
                .database()
                .read(session -> session.list(
                        "SELECT " + COLUMNS + " FROM content WHERE namespace = ? ORDER BY digest",
                        SqlContent::read,
                        tenant.namespace()))
                .stream()
                .filter(info -> Filter.any(filters, Fields.of(info)))
                .forEach(visitor);
    }

    @Override
    public void delete(Digest digest) {
        store.database().write(session -> {
            tenant.letGo(session, Tenant.CONTENT, digest.toString());
            if (session.update(
                            "DELETE FROM content WHERE namespace = ? AND digest = ?",
                            tenant.namespace(),
                            digest.toString())
                    == 0) {
                throw missing(digest);
            }
            return true;
        });
        store.doomed().blob(digest);
        store.deleted();
    }

    @Override
    public BlobReader open(Digest digest) {
        var info = info(digest);
        var channel = store.blobs().open(digest);
        try {
            if (channel.size() != info.size()) {
                throw new DataLoss(
                        "content " + digest + " has " + channel.size() + " bytes on disk instead of " + info.size());
            }
            return new FileReader(channel, info.size());
        } catch (IOException | DataLoss e) {
            try (channel) {
                throw e instanceof DataLoss loss ? loss : new DataLoss("content " + digest + " cannot be read", e);
            } catch (IOException closing) {
                throw new DataLoss("content " + digest + " cannot be closed", closing);
            }
        }
    }

    private record FileReader(FileChannel channel, long size) implements BlobReader {
        @Override
        public int read(ByteBuffer buffer, long offset) throws IOException {
            return channel.read(buffer, offset);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Override
    public BlobWriter writer(String ref, long total, Optional<Digest> expected) {
        if (ref.isEmpty()) {
            throw new InvalidArgument("the reference of a write must not be empty");
        }
        if (total < 0) {
            throw new InvalidArgument("write " + ref + ": the total must not be negative, it is " + total);
        }
        expected.ifPresent(this::refuseExisting);
        var key = new OpenIngests.Key(tenant.namespace(), ref);
        store.openIngests().claim(key, store.now());
        try {
            // Once more: whoever held the reference may have committed it.
            expected.ifPresent(this::refuseExisting);
            var ingest = store.database().write(session -> begin(session, ref, total, expected));
            var writer = new IngestWriter(store, tenant, ingest);
            store.openIngests().answers(key, writer::status);
            return writer;
        } catch (RuntimeException e) {
            store.openIngests().release(key);
            throw e;
        }
    }

    private void refuseExisting(Digest digest) {
        if (store.database().read(session -> find(session, digest)).isEmpty()) {
            return;
        }
        var isThere = store.database().write(session -> {
            if (find(session, digest).isEmpty()) {
                return false;
            }
            tenant.enter(session);
            tenant.hold(session, Tenant.CONTENT, digest.toString());
            return true;
        });
        if (isThere) {
            throw new AlreadyExists("content " + digest);
        }
    }

    private Ingest begin(Session session, String ref, long total, Optional<Digest> expected) throws SQLException {
        tenant.enter(session);
        tenant.hold(session, Tenant.INGESTS, ref);
        var known = Ingest.find(session, tenant.namespace(), ref);
        if (known.isPresent()) {
            return resumed(session, known.get(), total, expected);
        }
        var now = store.now();
        var sharedSize = expected.isPresent() ? sharedSize(session, expected.get()) : Optional.<Long>empty();
        session.update(
                "INSERT INTO ingests (namespace, ref, total, expected, shared, started, updated, expires)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                tenant.namespace(),
                ref,
                sharedSize.orElse(total),
                expected.map(Digest::toString).orElse(""),
                sharedSize.isPresent() ? 1 : 0,
                Codec.nanos(now),
                Codec.nanos(now),
                tenant.isLeased() ? 0L : Codec.nanos(now.plus(UNLEASED)));
        return Ingest.find(session, tenant.namespace(), ref).orElseThrow();
    }

    private Ingest resumed(Session session, Ingest known, long total, Optional<Digest> expected) throws SQLException {
        if (total > 0 && known.total() > 0 && total != known.total()) {
            throw new FailedPrecondition("write " + known.ref() + ": the total was " + known.total()
                    + " when it was begun and is " + total + " now");
        }
        session.update(
                "UPDATE ingests SET total = ?, expected = ? WHERE id = ?",
                Math.max(total, known.total()),
                expected.or(known::expected).map(Digest::toString).orElse(""),
                known.id());
        return Ingest.find(session, tenant.namespace(), known.ref()).orElseThrow();
    }

    /// The size of the blob, when a namespace that shares its content has it.
    private Optional<Long> sharedSize(Session session, Digest digest) throws SQLException {
        record Owner(long size, Map<String, String> labels) {}
        return session
                .list(
                        "SELECT c.size, n.labels FROM content c JOIN namespaces n ON n.name = c.namespace"
                                + " WHERE c.digest = ?",
                        row -> new Owner(row.getLong(1), Codec.labels(row.getBytes(2))),
                        digest.toString())
                .stream()
                .filter(owner ->
                        !store.isolated() || "true".equals(owner.labels().get(SHAREABLE)))
                .map(Owner::size)
                .findFirst();
    }

    @Override
    public IngestStatus status(String ref) {
        return store.openIngests()
                .status(new OpenIngests.Key(tenant.namespace(), ref))
                .orElseGet(() -> resting(store.database()
                        .read(session -> Ingest.find(session, tenant.namespace(), ref))
                        .orElseThrow(() -> missing(ref))));
    }

    private IngestStatus resting(Ingest ingest) {
        return ingest.status(
                ingest.shared() ? ingest.total() : store.blobs().ingested(ingest.fileId()), ingest.updatedAt());
    }

    @Override
    public List<IngestStatus> statuses(List<Filter> filters) {
        return store.database().read(session -> Ingest.list(session, tenant.namespace())).stream()
                .map(ingest -> store.openIngests()
                        .status(new OpenIngests.Key(tenant.namespace(), ingest.ref()))
                        .orElseGet(() -> resting(ingest)))
                .filter(status -> Filter.any(filters, Fields.of(status)))
                .toList();
    }

    @Override
    public void abort(String ref) {
        var ingest = store.database().write(session -> {
            var found = Ingest.find(session, tenant.namespace(), ref).orElseThrow(() -> missing(ref));
            forget(session, tenant, found);
            return found;
        });
        discard(store, ingest);
    }

    /// Takes the record away.
    static void forget(Session session, Tenant tenant, Ingest ingest) throws SQLException {
        session.update("DELETE FROM ingests WHERE id = ?", ingest.id());
        session.update(
                "DELETE FROM lease_resources WHERE namespace = ? AND type = ? AND id = ?",
                tenant.namespace(),
                Tenant.INGESTS,
                ingest.ref());
    }

    /// Takes the file away, after the record.
    static void discard(Store store, Ingest ingest) {
        if (ingest.shared()) {
            // It kept the blob; perhaps nothing else does.
            ingest.expected().ifPresent(store.doomed()::blob);
            store.deleted();
        } else {
            store.blobs().dropIngest(ingest.fileId());
        }
    }

    private static NotFound missing(Digest digest) {
        return new NotFound("content digest " + digest);
    }

    private static NotFound missing(String ref) {
        return new NotFound("ingest ref \"" + ref + "\"");
    }
}
