package dev.coracle.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One connection with its prepared statements. Used by one thread at a time; rows are read
/// completely before the next statement, so that statements can be kept and used again.
final class Session implements AutoCloseable {
    /// Makes a value of the current row.
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    /// What is done with a statement whose values are set.
    private interface Use<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    /// Runs a statement and says how many rows it changed. Values are text, numbers or bytes.
    int update(String sql, Object... values) throws SQLException {
        return with(sql, PreparedStatement::executeUpdate, values);
    }

    /// Runs a statement without values that changes no rows.
    void run(String sql) throws SQLException {
        with(sql, PreparedStatement::execute);
    }

    <T> List<T> list(String sql, Row<T> row, Object... values) throws SQLException {
        return with(
                sql,
                statement -> {
                    try (var rows = statement.executeQuery()) {
                        var found = new ArrayList<T>();
                        while (rows.next()) {
                            found.add(row.read(rows));
                        }
                        return found;
                    }
                },
                values);
    }

    <T> Optional<T> find(String sql, Row<T> row, Object... values) throws SQLException {
        return with(
                sql,
                statement -> {
                    try (var rows = statement.executeQuery()) {
                        return rows.next() ? Optional.of(row.read(rows)) : Optional.<T>empty();
                    }
                },
                values);
    }

    /// Whether the query has a row.
    boolean exists(String sql, Object... values) throws SQLException {
        return find(sql, _ -> true, values).isPresent();
    }

    /// The driver closes a statement that has failed without saying so: it is not used again.
    private <T> T with(String sql, Use<T> use, Object... values) throws SQLException {
        try {
            var statement = statement(sql);
            bind(statement, values);
            return use.of(statement);
        } catch (SQLException e) {
            try (var _ = statements.remove(sql)) {
                throw e;
            }
        }
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (var i = 0; i < values.length; i++) {
            switch (values[i]) {
                case String text -> statement.setString(i + 1, text);
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setInt(i + 1, number);
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                default -> throw new IllegalArgumentException("a " + values[i].getClass() + " cannot be stored");
            }
        }
    }

    @SuppressWarnings("resource") // kept for the next time, and closed with the connection
    private PreparedStatement statement(String sql) throws SQLException {
        var known = statements.get(sql);
        if (known != null) {
            return known;
        }
        var made = connection.prepareStatement(sql);
        statements.put(sql, made);
        return made;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
