package dev.coracle.metadata;

import dev.coracle.base.EngineException.FailedPrecondition;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// The tables, and the steps from one version to the next. Times are nanoseconds since 1970,
/// absent text is empty, an absent number is 0; labels are netstrings (see [Codec]).
final class Schema {
    static final int VERSION = 2;

    private static final List<String> FIRST = List.of(
            // Directories that were empty when this store first met them, so that all in them is ours.
            "CREATE TABLE directories (name TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
            """
            CREATE TABLE namespaces (
                name TEXT PRIMARY KEY NOT NULL,
                labels BLOB NOT NULL
            ) WITHOUT ROWID""",
            """
            CREATE TABLE content (
                namespace TEXT NOT NULL,
                digest TEXT NOT NULL,
                size INTEGER NOT NULL,
                created INTEGER NOT NULL,
                updated INTEGER NOT NULL,
                labels BLOB NOT NULL,
                PRIMARY KEY (namespace, digest)
            ) WITHOUT ROWID""",
            "CREATE INDEX content_by_digest ON content (digest)",
            // AUTOINCREMENT: a number names a file, so it is never used twice.
            """
            CREATE TABLE ingests (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                namespace TEXT NOT NULL,
                ref TEXT NOT NULL,
                total INTEGER NOT NULL,
                expected TEXT NOT NULL,
                shared INTEGER NOT NULL,
                started INTEGER NOT NULL,
                updated INTEGER NOT NULL,
                expires INTEGER NOT NULL,
                UNIQUE (namespace, ref)
            )""",
            """
            CREATE TABLE images (
                namespace TEXT NOT NULL,
                name TEXT NOT NULL,
                media_type TEXT NOT NULL,
                digest TEXT NOT NULL,
                size INTEGER NOT NULL,
                annotations BLOB NOT NULL,
                labels BLOB NOT NULL,
                created INTEGER NOT NULL,
                updated INTEGER NOT NULL,
                PRIMARY KEY (namespace, name)
            ) WITHOUT ROWID""",
            """
            CREATE TABLE containers (
                namespace TEXT NOT NULL,
                id TEXT NOT NULL,
                labels BLOB NOT NULL,
                image TEXT NOT NULL,
                runtime TEXT NOT NULL,
                options_type TEXT NOT NULL,
                options BLOB NOT NULL,
                spec_type TEXT NOT NULL,
                spec BLOB NOT NULL,
                snapshotter TEXT NOT NULL,
                snapshot_key TEXT NOT NULL,
                created INTEGER NOT NULL,
                updated INTEGER NOT NULL,
                extensions BLOB NOT NULL,
                sandbox TEXT NOT NULL,
                UNIQUE (namespace, id)
            )""",
            """
            CREATE TABLE leases (
                namespace TEXT NOT NULL,
                id TEXT NOT NULL,
                created INTEGER NOT NULL,
                labels BLOB NOT NULL,
                PRIMARY KEY (namespace, id)
            ) WITHOUT ROWID""",
            """
            CREATE TABLE lease_resources (
                namespace TEXT NOT NULL,
                lease TEXT NOT NULL,
                type TEXT NOT NULL,
                id TEXT NOT NULL,
                PRIMARY KEY (namespace, lease, type, id)
            ) WITHOUT ROWID""",
            """
            CREATE TABLE snapshots (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                namespace TEXT NOT NULL,
                snapshotter TEXT NOT NULL,
                name TEXT NOT NULL,
                parent INTEGER NOT NULL,
                kind TEXT NOT NULL,
                created INTEGER NOT NULL,
                updated INTEGER NOT NULL,
                inodes INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                labels BLOB NOT NULL,
                UNIQUE (namespace, snapshotter, name)
            )""",
            "CREATE INDEX snapshots_by_parent ON snapshots (parent)");

    /// Version 2: the documents of the engine and its drivers.
    private static final List<String> SECOND = List.of("""
            CREATE TABLE records (
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                document TEXT NOT NULL,
                PRIMARY KEY (kind, name)
            ) WITHOUT ROWID""");

    /// What leads from version n to n + 1, by n.
    private static final List<List<String>> STEPS = List.of(FIRST, SECOND);

    private Schema() {}

    /// Brings the store to our version.
    static void prepare(Session session, Path file) throws SQLException {
        int version = session.find("PRAGMA user_version", row -> row.getInt(1)).orElse(0);
        if (version > VERSION) {
            throw new FailedPrecondition("metadata store " + file + " has format " + version
                            + ", this program knows formats up to " + VERSION)
                    .remedy("start the newer version that wrote it");
        }
        if (version == VERSION) {
            return;
        }
        for (var step : STEPS.subList(version, VERSION)) {
            for (var statement : step) {
                session.run(statement);
            }
        }
        session.run("PRAGMA user_version = " + VERSION);
    }
}
