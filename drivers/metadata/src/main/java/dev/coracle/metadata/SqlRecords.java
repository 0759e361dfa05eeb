package dev.coracle.metadata;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.records.Records;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

final class SqlRecords implements Records {
    private final Database database;

    SqlRecords(Database database) {
        this.database = database;
    }

    @Override
    public Optional<String> find(String kind, String key) {
        return database.read(session -> session.find(
                "SELECT document FROM records WHERE kind = ? AND name = ?", row -> row.getString(1), kind, key));
    }

    @Override
    public SortedMap<String, String> list(String kind, String prefix) {
        record Row(String key, String document) {}
        var rows = database.read(session -> session.list(
                "SELECT name, document FROM records WHERE kind = ? AND substr(name, 1, ?) = ? ORDER BY name",
                row -> new Row(row.getString(1), row.getString(2)),
                kind,
                prefix.codePointCount(0, prefix.length()),
                prefix));
        var found = new TreeMap<String, String>();
        rows.forEach(row -> found.put(row.key(), row.document()));
        return found;
    }

    @Override
    public void apply(List<Change> changes) {
        changes.forEach(SqlRecords::validate);
        if (changes.isEmpty()) {
            return;
        }
        database.write(session -> {
            for (var change : changes) {
                apply(session, change);
            }
            return changes.size();
        });
    }

    private static void validate(Change change) {
        if (change.kind().isEmpty() || change.key().isEmpty()) {
            throw new InvalidArgument(
                    "record \"" + change.kind() + "\" \"" + change.key() + "\": kind and key must not be empty");
        }
    }

    private static void apply(Session session, Change change) throws SQLException {
        switch (change) {
            case Change.Create(var kind, var key, var document) -> {
                if (session.update(
                                "INSERT OR IGNORE INTO records (kind, name, document) VALUES (?, ?, ?)",
                                kind,
                                key,
                                document)
                        == 0) {
                    throw new AlreadyExists(kind + " \"" + key + "\"");
                }
            }
            case Change.Put(var kind, var key, var document) ->
                session.update(
                        "INSERT INTO records (kind, name, document) VALUES (?, ?, ?)"
                                + " ON CONFLICT (kind, name) DO UPDATE SET document = excluded.document",
                        kind,
                        key,
                        document);
            case Change.Delete(var kind, var key) ->
                session.update("DELETE FROM records WHERE kind = ? AND name = ?", kind, key);
        }
    }
}
