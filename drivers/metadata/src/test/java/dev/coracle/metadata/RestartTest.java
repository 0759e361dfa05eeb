package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.records.Records;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.Samples;
import dev.coracle.core.testkit.StoresContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a new start finds and what it does with it.
class RestartTest {
    private static final Map<String, String> ROOT = Map.of("containerd.io/gc.root", "1");
    private static final Scope TESTING = Scope.of("testing");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path root;

    private NamespaceStores view(Opened opened) {
        return opened.stores.in(TESTING);
    }

    @Test
    void everything_is_there_again() {
        Digest digest;
        try (var opened = Opened.in(root)) {
            opened.stores.namespaces().create("empty", Map.of("a", "1"));
            var view = view(opened);
            digest = StoresContract.write(view.content(), "text", Map.of("l", "1"));
            view.images().create(Samples.image("image", digest, Map.of("l", "2")), Optional.empty());
            view.containers().create(Samples.container("c1", "native", "key", Map.of("l", "3")));
            view.leases().create(Optional.of("lease"), Map.of("l", "4"));
            view.snapshotter("native").prepare("key", "", Map.of("l", "5"));
            try (var writer = view.content().writer("ref", 10, Optional.empty())) {
                writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            }
        }
        try (var opened = Opened.in(root)) {
            var view = view(opened);
            opened.stores.collector().collect();
            assertThat(opened.stores.namespaces().labels("empty")).isEqualTo(Map.of("a", "1"));
            assertThat(view.content().info(digest).labels()).isEqualTo(Map.of("l", "1"));
            assertThat(view.images().get("image").target().digest()).isEqualTo(digest);
            assertThat(view.containers().get("c1").snapshotKey()).isEqualTo("key");
            assertThat(view.leases().list(List.of())).hasSize(1);
            assertThat(view.snapshotter("native").stat("key").kind()).isEqualTo(Kind.ACTIVE);
            assertThat(view.content().status("ref").offset()).isEqualTo(3);
            assertThat(view.content().status("ref").total()).isEqualTo(10);
        }
    }

    @Test
    void files_without_a_record_go() throws IOException {
        Digest kept;
        try (var opened = Opened.in(root)) {
            kept = StoresContract.write(view(opened).content(), "kept", ROOT);
            view(opened).snapshotter("native").prepare("kept", "", ROOT);
        }
        Files.writeString(root.resolve("content/blobs/" + Digest.ofBytes(new byte[] {9})), "orphan");
        Files.writeString(root.resolve("content/ingests/77"), "orphan");
        Files.createDirectories(root.resolve("trees/77/some/thing"));
        try (var opened = Opened.in(root)) {
            assertThat(opened.blobs.ingests()).isEmpty();
            var report = opened.stores.collector().collect();
            assertThat(report.metadata()).isZero();
            assertThat(opened.blobs.blobs()).containsExactly(kept);
            assertThat(opened.trees.ids()).hasSize(1).doesNotContain(77L);
            view(opened).snapshotter("native").prepare("next", "", ROOT);
            assertThat(opened.trees.ids()).as("a number is never used twice").allMatch(id -> id <= 1 || id > 77);
        }
    }

    @Test
    void an_orphan_is_adopted_when_it_is_written_again_before_it_went() throws IOException {
        Opened.in(root).close();
        try (var opened = Opened.in(root)) {
            StoresContract.write(view(opened).content(), "other", ROOT);
        }
        var bytes = "orphan".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Files.write(root.resolve("content/blobs/" + Digest.ofBytes(bytes)), bytes);
        try (var opened = Opened.in(root)) {
            var digest = StoresContract.write(view(opened).content(), "orphan", ROOT);
            opened.stores.collector().collect();
            assertThat(opened.blobs.blobs()).contains(digest);
        }
    }

    @Test
    void a_record_whose_blob_is_gone_or_cut_is_dropped_so_that_it_can_be_fetched_again() throws IOException {
        Digest gone;
        Digest cut;
        Digest whole;
        try (var opened = Opened.in(root)) {
            gone = StoresContract.write(view(opened).content(), "gone", ROOT);
            cut = StoresContract.write(view(opened).content(), "cut", ROOT);
            whole = StoresContract.write(view(opened).content(), "whole", ROOT);
            Files.delete(opened.blobs.file(gone));
            Files.write(opened.blobs.file(cut), new byte[0]);
            assertThatThrownBy(() -> view(opened).content().open(cut)).isInstanceOf(DataLoss.class);
        }
        try (var opened = Opened.in(root)) {
            var content = view(opened).content();
            assertThatThrownBy(() -> content.info(gone)).isInstanceOf(NotFound.class);
            assertThatThrownBy(() -> content.info(cut)).isInstanceOf(NotFound.class);
            assertThat(content.info(whole).size()).isEqualTo(5);
            opened.stores.collector().collect();
            StoresContract.write(content, "gone", ROOT);
            StoresContract.write(content, "cut", ROOT);
            opened.stores.collector().collect();
            content.open(gone);
            content.open(cut);
        } catch (RuntimeException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_snapshot_whose_directory_is_gone_is_dropped_unless_others_build_on_it() {
        long child;
        try (var opened = Opened.in(root)) {
            var snapshots = view(opened).snapshotter("native");
            snapshots.prepare("k", "", ROOT);
            snapshots.commit("parent", "k", ROOT);
            snapshots.prepare("child", "parent", ROOT);
            child = opened.trees.ids().stream().max(Long::compare).orElseThrow();
            snapshots.prepare("leaf", "", ROOT);
            var leaf = opened.trees.ids().stream().max(Long::compare).orElseThrow();
            opened.trees.remove(leaf);
            opened.trees.ids().stream().filter(id -> id != child).forEach(opened.trees::remove);
        }
        try (var opened = Opened.in(root)) {
            var names = new ArrayList<String>();
            view(opened).snapshotter("native").walk(List.of(), info -> names.add(info.name()));
            assertThat(names).containsExactlyInAnyOrder("parent", "child");
            opened.stores.collector().collect();
            assertThat(opened.trees.ids()).containsExactly(child);
        }
    }

    @Test
    void a_new_store_never_takes_what_an_earlier_one_left() throws IOException {
        try (var opened = Opened.in(root)) {
            StoresContract.write(view(opened).content(), "precious", ROOT);
        }
        Files.delete(root.resolve("metadata.db"));
        for (var attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> Opened.in(root))
                    .isInstanceOf(FailedPrecondition.class)
                    .hasMessageContaining("1 entries of another store");
        }
        assertThat(root.resolve("content/blobs")).isNotEmptyDirectory();
    }

    @Test
    void a_snapshotter_with_strange_directories_is_refused_and_they_stay() throws IOException {
        try (var _ = Opened.in(root)) {
            Files.createDirectories(root.resolve("trees/5/precious"));
        }
        for (var attempt = 0; attempt < 2; attempt++) {
            try (var opened = Opened.in(root)) {
                opened.stores.collector().collect();
                assertThatThrownBy(() -> view(opened).snapshotter("native"))
                        .isInstanceOf(FailedPrecondition.class)
                        .hasMessageContaining("snapshots/native");
            }
        }
        assertThat(root.resolve("trees/5/precious")).isDirectory();
    }

    @Test
    void a_second_daemon_on_the_same_root_is_refused() {
        try (var _ = Opened.in(root)) {
            assertThatThrownBy(() -> Opened.in(root))
                    .isInstanceOf(FailedPrecondition.class)
                    .hasMessageContaining("another daemon uses it");
        }
        Opened.in(root).close();
    }

    @Test
    void a_damaged_file_is_data_loss_and_says_what_to_do() throws IOException {
        Opened.in(root).close();
        Files.writeString(root.resolve("metadata.db"), "this is no database, ".repeat(1000));
        assertThatThrownBy(() -> Opened.in(root))
                .isInstanceOfSatisfying(
                        DataLoss.class,
                        failure -> assertThat(failure.remedy())
                                .hasValueSatisfying(remedy -> assertThat(remedy).contains("backup")));
    }

    @Test
    void a_store_of_a_newer_version_is_refused() throws SQLException {
        Opened.in(root).close();
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + root.resolve("metadata.db"));
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        assertThatThrownBy(() -> Opened.in(root))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("format 99");
    }

    @Test
    void a_store_of_the_first_version_keeps_everything_and_learns_records() throws SQLException {
        try (var opened = Opened.in(root)) {
            opened.stores.namespaces().create("kept", Map.of("a", "b"));
        }
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + root.resolve("metadata.db"));
                var statement = connection.createStatement()) {
            statement.execute("DROP TABLE records");
            statement.execute("PRAGMA user_version = 1");
        }
        try (var opened = Opened.in(root)) {
            assertThat(opened.stores.namespaces().labels("kept")).isEqualTo(Map.of("a", "b"));
            opened.stores.records().apply(List.of(new Records.Change.Put("kind", "key", "{}")));
        }
        try (var opened = Opened.in(root)) {
            assertThat(opened.stores.records().find("kind", "key")).contains("{}");
        }
    }

    @Test
    void a_root_that_cannot_be_written_is_named() throws IOException {
        var locked = Files.createDirectory(root.resolve("locked"));
        Files.createFile(locked.resolve("metadata.db"));
        Files.createDirectory(locked.resolve("metadata.db.lock"));
        assertThatThrownBy(() -> Opened.in(locked)).hasMessageContaining("open metadata store " + locked);
    }

    @Test
    void only_the_owner_can_read_the_store() throws IOException {
        try (var opened = Opened.in(root)) {
            StoresContract.write(view(opened).content(), "x", ROOT);
            for (var name : List.of("metadata.db", "metadata.db-wal", "metadata.db-shm", "metadata.db.lock")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(name))))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void a_closed_store_says_so() {
        var opened = Opened.in(root);
        opened.close();
        opened.close();
        assertThatThrownBy(() -> opened.stores.namespaces().list()).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> opened.stores.namespaces().create("x", Map.of()))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void a_directory_that_is_missing_is_named() {
        assertThatThrownBy(() -> Database.open(root.resolve("no/such/metadata.db")))
                .isInstanceOfAny(NotFound.class, PermissionDenied.class)
                .hasMessageContaining("no/such/metadata.db");
    }
}
