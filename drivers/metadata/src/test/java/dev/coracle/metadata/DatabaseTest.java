package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.CopyingTrees;
import dev.coracle.core.testkit.FolderBlobs;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final String INSERT = "INSERT INTO namespaces (name, labels) VALUES (?, ?)";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path root;

    private Database open() {
        return Database.open(root.resolve("metadata.db"));
    }

    private static long count(Database database) {
        return database.read(session -> session.find("SELECT count(*) FROM namespaces", row -> row.getLong(1)))
                .orElseThrow();
    }

    @Test
    void a_failure_undoes_the_transaction() {
        try (var database = open()) {
            assertThatThrownBy(() -> database.write(session -> {
                        session.update(INSERT, "a", new byte[0]);
                        throw new NotFound("something else");
                    }))
                    .isInstanceOf(NotFound.class);
            assertThatThrownBy(() -> database.write(session -> {
                        session.update(INSERT, "a", new byte[0]);
                        return session.update("INSERT INTO nowhere VALUES (1)");
                    }))
                    .isInstanceOf(Internal.class)
                    .hasMessageContaining("metadata store " + root);
            assertThatThrownBy(() -> database.write(session -> {
                        session.update(INSERT, "a", new byte[0]);
                        throw new StackOverflowError("not even an exception");
                    }))
                    .isInstanceOf(StackOverflowError.class);
            assertThat(count(database)).isZero();
            database.write(session -> session.update(INSERT, "a", new byte[0]));
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void a_full_disk_changes_nothing_says_so_and_passes() {
        try (var database = open()) {
            database.write(session -> session.find("PRAGMA max_page_count = 40", row -> row.getLong(1)));
            assertThatThrownBy(() -> database.write(session -> session.update(INSERT, "a", new byte[400_000])))
                    .isInstanceOfSatisfying(
                            ResourceExhausted.class,
                            failure -> assertThat(failure.remedy()).isPresent());
            assertThat(count(database)).isZero();
            database.write(session -> session.find("PRAGMA max_page_count = 4000", row -> row.getLong(1)));
            database.write(session -> session.update(INSERT, "a", new byte[400_000]));
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void a_reader_sees_what_was_committed_and_does_not_wait_for_the_writer() {
        try (var database = open()) {
            database.write(session -> {
                session.update(INSERT, "a", new byte[0]);
                assertThat(count(database)).isZero();
                return true;
            });
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void readers_cannot_write() {
        try (var database = open()) {
            assertThatThrownBy(() -> database.read(session -> session.update(INSERT, "a", new byte[0])));
            assertThat(count(database)).isZero();
        }
    }

    @Test
    void a_snapshotter_that_cannot_be_used_says_why_and_is_tried_again() {
        var attempts = new AtomicInteger();
        var trees = new CopyingTrees(root.resolve("trees"));
        var options = new MetadataOptions(
                root.resolve("metadata.db"),
                new FolderBlobs(root.resolve("content")),
                Map.of("picky", () -> {
                    if (attempts.getAndIncrement() == 0) {
                        throw (InvalidArgument) new InvalidArgument("snapshotter picky: no kernel support")
                                .remedy("upgrade the kernel");
                    }
                    return trees;
                }),
                false,
                (_, _) -> {},
                InstantSource.system(),
                new Random(),
                Thread.ofVirtual().factory());
        try (var stores = MetadataStores.open(options)) {
            var view = stores.in(Scope.of("testing"));
            assertThatThrownBy(() -> view.snapshotter("picky"))
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("no kernel support");
            view.snapshotter("picky").prepare("key", "", Map.of("containerd.io/gc.root", "1"));
            assertThat(view.snapshotter("picky").stat("key").name()).isEqualTo("key");
            assertThat(attempts).hasValue(2);
        }
    }
}
