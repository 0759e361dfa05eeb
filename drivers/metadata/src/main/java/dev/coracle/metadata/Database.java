package dev.coracle.metadata;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.FileFailures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/// The database file: one writer, many readers. A write is a transaction that is on the disk
/// when [#write] returns (write-ahead log, synchronous=FULL); when it throws, nothing happened.
final class Database implements AutoCloseable {
    /// What is done with a connection; an [EngineException] or a failure of the database undoes
    /// it.
    @FunctionalInterface
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    private static final System.Logger LOG = System.getLogger(Database.class.getName());
    private static final int IDLE_READERS = 4;

    private final Path file;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final Session writer;
    private final ReentrantLock writing = new ReentrantLock();
    private final ConcurrentLinkedDeque<Session> readers = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    private Database(Path file, FileChannel lockFile, FileLock lock) throws SQLException {
        this.file = file;
        this.lockFile = lockFile;
        this.lock = lock;
        this.writer = connect(false);
        try {
            writer.run("BEGIN IMMEDIATE");
            Schema.prepare(writer, file);
            writer.run("COMMIT");
        } catch (SQLException | EngineException e) {
            writer.close();
            throw e;
        }
    }

    static Database open(Path file) {
        FileChannel lockFile = null;
        try {
            create(file);
            lockFile = FileChannel.open(
                    file.resolveSibling(file.getFileName() + ".lock"),
                    EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return new Database(file, lockFile, lock(file, lockFile));
        } catch (SQLException e) {
            closeQuietly(lockFile);
            throw Failures.of(file, e);
        } catch (IOException e) {
            closeQuietly(lockFile);
            throw FileFailures.of("open metadata store " + file, e);
        } catch (EngineException e) {
            closeQuietly(lockFile);
            throw e;
        }
    }

    /// The library of SQLite and the classes around it, by a database that nobody sees.
    static void warm() {
        try (var session =
                new Session(JDBC.createConnection("jdbc:sqlite::memory:", new SQLiteConfig().toProperties()))) {
            session.exists("SELECT 1 WHERE 1 = ?", 1L);
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "a database in memory cannot be opened", e);
        }
    }

    private static FileLock lock(Path file, FileChannel lockFile) throws IOException {
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException _) {
            lock = null;
        }
        if (lock == null) {
            throw new FailedPrecondition("open metadata store " + file + ": another daemon uses it")
                    .remedy("stop that daemon, or start this one with another root directory");
        }
        return lock;
    }

    /// The log and the index beside the file take over its mode.
    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException _) {
            // Written by an earlier run.
        }
    }

    private Session connect(boolean readOnly) throws SQLException {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(5_000);
        config.setReadOnly(readOnly);
        return new Session(
                JDBC.createConnection("jdbc:sqlite:" + file, readOnly ? reading(config) : config.toProperties()));
    }

    private static Properties reading(SQLiteConfig config) {
        var properties = config.toProperties();
        // The journal mode belongs to the file and cannot be set by a reader.
        properties.remove(SQLiteConfig.Pragma.JOURNAL_MODE.pragmaName);
        return properties;
    }

    /// Refuses a directory that was not empty when this store first met it: what nobody here made
    /// must never be collected as garbage.
    void adopt(String directory, int entries) {
        if (read(session -> session.exists("SELECT 1 FROM directories WHERE name = ?", directory))) {
            return;
        }
        if (entries > 0) {
            throw new FailedPrecondition("metadata store " + file + " knows nothing of " + directory + ", where "
                            + entries + " entries of another store are")
                    .remedy("restore the store's file from a backup, or choose an empty root directory");
        }
        write(session -> session.update("INSERT INTO directories (name) VALUES (?)", directory));
    }

    /// Reads what the last finished transaction left.
    <T> T read(Work<T> work) {
        var reader = readers.pollFirst();
        try {
            if (closed) {
                throw closed();
            }
            if (reader == null) {
                reader = connect(true);
            }
            return work.run(reader);
        } catch (SQLException e) {
            throw Failures.of(file, e);
        } finally {
            release(reader);
        }
    }

    private void release(@Nullable Session reader) {
        if (reader != null) {
            if (closed || readers.size() >= IDLE_READERS) {
                closeQuietly(reader);
            } else {
                readers.addFirst(reader);
            }
        }
    }

    /// Does one transaction, durably. Not to be called within another.
    <T> T write(Work<T> work) {
        writing.lock();
        try {
            if (closed) {
                throw closed();
            }
            if (writing.getHoldCount() > 1) {
                throw new IllegalStateException("a transaction within a transaction");
            }
            return transaction(work);
        } catch (SQLException e) {
            throw Failures.of(file, e);
        } finally {
            writing.unlock();
        }
    }

    private <T> T transaction(Work<T> work) throws SQLException {
        writer.run("BEGIN IMMEDIATE");
        var isCommitted = false;
        try {
            var result = work.run(writer);
            writer.run("COMMIT");
            isCommitted = true;
            return result;
        } finally {
            if (!isCommitted) {
                rollBack();
            }
        }
    }

    private void rollBack() {
        try {
            writer.run("ROLLBACK");
        } catch (SQLException e) {
            // After some failures (a full disk) SQLite has rolled back by itself.
            LOG.log(System.Logger.Level.DEBUG, "nothing left to roll back", e);
        }
    }

    private EngineException closed() {
        return new Unavailable("metadata store " + file + " is closed");
    }

    /// Waits for the running transaction, then closes. Closing the last connection folds the log
    /// into the file.
    @Override
    public void close() {
        writing.lock();
        try {
            if (!closed) {
                closed = true;
                for (var reader = readers.pollFirst(); reader != null; reader = readers.pollFirst()) {
                    closeQuietly(reader);
                }
                closeQuietly(writer);
                closeQuietly(lock);
                closeQuietly(lockFile);
            }
        } finally {
            writing.unlock();
        }
    }

    private static void closeQuietly(@Nullable AutoCloseable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "closing a part of the metadata store failed", e);
        }
    }
}
