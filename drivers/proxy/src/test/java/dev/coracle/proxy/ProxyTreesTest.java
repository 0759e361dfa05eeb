package dev.coracle.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotTrees.Made;
import dev.coracle.core.snapshots.SnapshotTrees.Naming;
import dev.coracle.core.snapshots.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a remote snapshotter is asked, and what comes of its answers.
class ProxyTreesTest {
    private static final String TARGET = RemoteSnapshots.TARGET;

    private final RemoteSnapshots remote = new RemoteSnapshots();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path root;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path socket;

    @SuppressWarnings("NullAway.Init")
    private Served served;

    @SuppressWarnings("NullAway.Init")
    private Peers peers;

    @BeforeEach
    void serve() throws IOException {
        socket = Files.createTempDirectory("cp").resolve("s");
        served = new Served(socket, remote);
        peers = new Peers();
    }

    @AfterEach
    void stop() throws IOException {
        peers.close();
        served.close();
        Files.deleteIfExists(socket);
        Files.delete(socket.getParent());
    }

    private SnapshotTrees trees() {
        return new ProxySnapshotterDriver(peers.peer("snapshotter", "remote", socket), Map.of(), List.of()).open(root);
    }

    private static Naming named(String key, String... target) {
        return new Naming(
                "red", key, target.length == 0 ? Map.of("team", "a") : Map.of(TARGET, target[0], "team", "a"));
    }

    @Test
    void names_are_those_that_containerd_gives_and_other_labels_stay_here() {
        var trees = trees();
        assertThat(trees.create(7, Kind.ACTIVE, List.of(), named("work"))).isEqualTo(Made.OPEN);
        assertThat(remote.snapshots).containsOnlyKeys("red/7/work");
        assertThat(remote.named("red/7/work").getLabelsMap()).containsOnlyKeys("containerd.io/gc.root");
        assertThat(trees.mounts(7, Kind.ACTIVE, List.of()))
                .containsExactly(new Mount("remote", "red/7/work", List.of("upon=")));

        trees.commit(7, List.of(), named("layer"));
        trees.create(9, Kind.VIEW, List.of(7L), named("look"));

        assertThat(remote.snapshots).containsOnlyKeys("red/7/layer", "red/9/look");
        assertThat(remote.named("red/9/look").getParent()).isEqualTo("red/7/layer");
        assertThat(trees.usage(7, List.of())).isEqualTo(new Usage(11, 7));
        assertThat(remote.namespaces).containsExactly("red");
        assertThat(trees().ids()).containsExactlyInAnyOrder(7L, 9L);
    }

    @Test
    void a_layer_that_the_other_program_has_needs_no_unpacking() {
        remote.layers.add("sha256:1");
        remote.layers.add("sha256:2");
        var trees = trees();

        assertThat(trees.create(1, Kind.ACTIVE, List.of(), named("extract-1", "sha256:1")))
                .isEqualTo(Made.WHOLE);
        assertThat(trees.create(2, Kind.ACTIVE, List.of(1L), named("extract-2", "sha256:2")))
                .isEqualTo(Made.WHOLE);
        assertThat(trees.create(3, Kind.ACTIVE, List.of(2L, 1L), named("work"))).isEqualTo(Made.OPEN);

        assertThat(remote.snapshots).containsOnlyKeys("sha256:1", "sha256:2", "red/3/work");
        assertThat(trees.mounts(3, Kind.ACTIVE, List.of(2L, 1L)))
                .containsExactly(new Mount("remote", "red/3/work", List.of("upon=sha256:2")));
        assertThat(trees().ids()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void a_layer_with_two_numbers_goes_with_the_last() {
        remote.layers.add("sha256:1");
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of(), named("extract-1", "sha256:1"));
        trees.create(2, Kind.ACTIVE, List.of(), named("extract-2", "sha256:1"));

        trees.remove(1);
        assertThat(remote.snapshots).containsOnlyKeys("sha256:1");
        trees.remove(2);
        assertThat(remote.snapshots).isEmpty();
        assertThat(trees.ids()).isEmpty();
    }

    @Test
    void an_existing_key_is_a_failure_when_no_layer_was_asked_for() {
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of(), named("work"));
        assertThatThrownBy(() -> trees.create(1, Kind.ACTIVE, List.of(), named("work")))
                .isInstanceOf(AlreadyExists.class)
                .hasMessage("prepare snapshot red/1/work: snapshotter remote at " + socket + ": snapshot red/1/work");
    }

    @Test
    void parents_that_are_removed_first_go_after_their_children() {
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of(), named("a"));
        trees.commit(1, List.of(), named("base"));
        trees.create(2, Kind.ACTIVE, List.of(1L), named("b"));

        trees.remove(1);
        assertThat(remote.snapshots).hasSize(2);
        assertThat(trees().ids()).containsExactly(2L);
        trees().remove(2);
        assertThat(remote.snapshots).isEmpty();
    }

    @Test
    void a_commit_whose_answer_got_lost_is_found_to_have_happened() {
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of(), named("work"));
        remote.losesAnswer = true;
        assertThatThrownBy(() -> trees.commit(1, List.of(), named("layer"))).isInstanceOf(Unavailable.class);

        trees.commit(1, List.of(), named("layer"));
        assertThat(remote.snapshots).containsOnlyKeys("red/1/layer");
        assertThat(trees.usage(1, List.of()).inodes()).isEqualTo(11);
    }

    @Test
    void what_the_other_program_has_forgotten_is_forgotten_here() {
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of(), named("work"));
        trees.create(2, Kind.ACTIVE, List.of(), named("more"));
        remote.snapshots.remove("red/1/work");

        assertThat(trees().ids()).containsExactly(2L);
        assertThat(root.resolve("names")).isDirectoryContaining("glob:**/2").isDirectoryNotContaining("glob:**/1");
    }

    @Test
    void names_may_hold_anything() {
        var trees = trees();
        var key = "a\nb / % \" ü";
        trees.create(1, Kind.ACTIVE, List.of(), named(key));
        trees().commit(1, List.of(), named("c\n" + key));
        assertThat(remote.snapshots).containsOnlyKeys("red/1/c\n" + key);
        assertThat(trees().ids()).containsExactly(1L);
    }

    @Test
    void a_program_that_is_not_there_is_named_with_its_socket_and_may_come_later() throws IOException {
        served.close();
        Files.deleteIfExists(socket);
        assertThatThrownBy(this::trees)
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        failure -> assertThat(failure.remedy())
                                .hasValueSatisfying(words -> assertThat(words).contains("[proxy_plugins]")))
                .hasMessageStartingWith("list snapshots: snapshotter remote at " + socket + ": cannot connect: ");
        for (var attempt = 0; attempt < 5; attempt++) {
            assertThatThrownBy(this::trees).isInstanceOf(Unavailable.class);
        }
        served = new Served(socket, remote);
        assertThat(trees().ids()).isEmpty();
    }

    @Test
    void failures_are_those_of_the_other_program() {
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of(), named("work"));
        remote.snapshots.clear();
        assertThatThrownBy(() -> trees.usage(1, List.of()))
                .isInstanceOf(EngineException.NotFound.class)
                .hasMessage("usage of snapshot red/1/work: snapshotter remote at " + socket
                        + ": snapshot red/1/work does not exist");
    }
}
