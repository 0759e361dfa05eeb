package dev.coracle.snapshots.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The forms of the mounts, which clients and the runtime take apart.
class LayeredTreesTest {
    @TempDir
    Path root;

    private LayeredTrees trees;

    @BeforeEach
    void open() {
        trees = new LayeredTrees(root, "overlay", List.of("index=off", "userxattr"));
    }

    private String path(String below) {
        return root + "/snapshots/" + below;
    }

    @Test
    void without_parents_there_is_nothing_to_lay_over() {
        assertThat(trees.mounts(1, Kind.ACTIVE, List.of()))
                .containsExactly(new Mount("bind", path("1/fs"), List.of("rw", "rbind")));
        assertThat(trees.mounts(1, Kind.VIEW, List.of()))
                .containsExactly(new Mount("bind", path("1/fs"), List.of("ro", "rbind")));
        assertThat(trees.mounts(2, Kind.VIEW, List.of(1L)))
                .containsExactly(new Mount("bind", path("1/fs"), List.of("ro", "rbind")));
    }

    @Test
    void an_active_snapshot_lies_over_its_parents_the_nearest_first() {
        assertThat(trees.mounts(3, Kind.ACTIVE, List.of(2L, 1L)))
                .containsExactly(new Mount(
                        "overlay",
                        "overlay",
                        List.of(
                                "index=off",
                                "userxattr",
                                "workdir=" + path("3/work"),
                                "upperdir=" + path("3/fs"),
                                "lowerdir=" + path("2/fs") + ":" + path("1/fs"))));
    }

    @Test
    void a_view_upon_several_has_no_upper_directory() {
        assertThat(trees.mounts(3, Kind.VIEW, List.of(2L, 1L)).getFirst().options())
                .containsExactly("index=off", "userxattr", "lowerdir=" + path("2/fs") + ":" + path("1/fs"));
    }

    @Test
    void directories_are_made_for_what_needs_them() {
        trees.create(1, Kind.ACTIVE, List.of());
        trees.create(2, Kind.VIEW, List.of(1L));
        trees.create(3, Kind.VIEW, List.of());

        assertThat(root.resolve("snapshots/1/fs")).isDirectory();
        assertThat(root.resolve("snapshots/1/work")).isDirectory();
        assertThat(trees.ids()).containsExactlyInAnyOrder(1L, 3L);
        trees.remove(2);
        trees.remove(1);
        assertThat(trees.ids()).containsExactly(3L);
    }
}
