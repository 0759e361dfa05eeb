package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.core.content.IngestStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The record of an ingest. A shared one has no file: it stands for a blob that another
/// namespace has, and only has to be committed.
record Ingest(
        long id,
        String ref,
        long total,
        Optional<Digest> expected,
        boolean shared,
        Instant startedAt,
        Instant updatedAt) {
    private static final String SELECT = "SELECT id, ref, total, expected, shared, started, updated FROM ingests";

    static Optional<Ingest> find(Session session, String namespace, String ref) throws SQLException {
        return session.find(SELECT + " WHERE namespace = ? AND ref = ?", Ingest::read, namespace, ref);
    }

    static List<Ingest> list(Session session, String namespace) throws SQLException {
        return session.list(SELECT + " WHERE namespace = ? ORDER BY ref", Ingest::read, namespace);
    }

    static Ingest read(ResultSet row) throws SQLException {
        var expected = row.getString(4);
        return new Ingest(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                expected.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(expected)),
                row.getInt(5) != 0,
                Codec.time(row.getLong(6)),
                Codec.time(row.getLong(7)));
    }

    /// The name of its file.
    String fileId() {
        return Long.toString(id);
    }

    IngestStatus status(long offset, Instant updated) {
        return new IngestStatus(ref, offset, total, expected, startedAt, updated);
    }
}
