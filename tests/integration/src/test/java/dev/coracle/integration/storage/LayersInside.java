package dev.coracle.integration.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.layers.LayerStore.DiffOptions;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotterDriver;
import dev.coracle.core.testkit.MemoryContent;
import dev.coracle.core.types.Descriptor;
import dev.coracle.layers.LayerLimits;
import dev.coracle.layers.TarLayerStore;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Mounts;
import dev.coracle.linux.Xattrs;
import dev.coracle.snapshots.nativefs.NativeDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layers against the mounts of one driver.
abstract class LayersInside {
    private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";
    private static final DiffOptions GZIP =
            new DiffOptions(PLAIN + "+gzip", "", Map.of("made", "here"), Optional.empty());

    @TempDir
    Path folder;

    private final SnapshotterDriver driver;
    private final MemoryContent content = new MemoryContent();
    private int mountsBefore;

    LayersInside(SnapshotterDriver driver) {
        this.driver = driver;
    }

    @BeforeEach
    void count_mounts() throws IOException {
        mountsBefore = Mounts.list().size();
    }

    @AfterEach
    void nothing_stays_behind() throws IOException {
        assertThat(Mounts.list()).hasSize(mountsBefore);
        assertThat(folder.resolve("temporary").toFile().list()).isNullOrEmpty();
        assertThat(content.openIngests()).isEmpty();
    }

    private LayerStore layers() {
        return new TarLayerStore(Inside.mounter(), folder.resolve("temporary"), LayerLimits.DEFAULT);
    }

    private SnapshotTrees trees() {
        return driver.open(folder.resolve("trees"));
    }

    private interface Change {
        void make(Path root) throws IOException;
    }

    private void mounted(List<Mount> mounts, Change change) throws IOException {
        var target = Files.createTempDirectory(folder, "mounted");
        Inside.mounter().mount(mounts, target);
        try {
            change.make(target);
        } finally {
            Inside.mounter().unmount(target);
        }
        Files.delete(target);
    }

    private List<String> listing(List<Mount> mounts) throws IOException {
        var lines = new ArrayList<String>();
        mounted(mounts, root -> lines.addAll(Listing.of(root)));
        return lines;
    }

    /// Makes a snapshot by hand, and the layer of what was done.
    private Descriptor made(SnapshotTrees trees, long id, List<Long> parents, Change change) throws IOException {
        trees.create(id, Kind.ACTIVE, parents);
        mounted(trees.mounts(id, Kind.ACTIVE, parents), change);
        var lower = parents.isEmpty() ? List.<Mount>of() : lower(trees, 100 + id, parents);
        return layers().diff(content, lower, trees.mounts(id, Kind.ACTIVE, parents), GZIP);
    }

    private static List<Mount> lower(SnapshotTrees trees, long id, List<Long> parents) {
        trees.create(id, Kind.VIEW, parents);
        return trees.mounts(id, Kind.VIEW, parents);
    }

    private void bottom(Path root) throws IOException {
        Files.createDirectories(root.resolve("keep/deep"));
        Files.createDirectories(root.resolve("gone/deep"));
        Files.writeString(root.resolve("gone/deep/x"), "x");
        Files.createDirectories(root.resolve("again"));
        Files.writeString(root.resolve("again/old"), "old");
        Files.writeString(root.resolve("keep/a"), "a");
        Files.createLink(root.resolve("keep/hard"), root.resolve("keep/a"));
        Files.createSymbolicLink(root.resolve("keep/soft"), Path.of("../nowhere"));
        Files.writeString(root.resolve("keep/deep/set"), "s");
        Files.setAttribute(root.resolve("keep/deep/set"), "unix:uid", 1000);
        Files.setAttribute(root.resolve("keep/deep/set"), "unix:gid", 50);
        Files.setAttribute(root.resolve("keep/deep/set"), "unix:mode", 04755);
        var note = Files.getFileAttributeView(root.resolve("keep/a"), UserDefinedFileAttributeView.class);
        note.write("note", ByteBuffer.wrap("n".getBytes(StandardCharsets.UTF_8)));
        Files.setLastModifiedTime(
                root.resolve("keep/a"), FileTime.from(Instant.ofEpochSecond(1_400_000_000, 987_654_321)));
        Files.setLastModifiedTime(root.resolve("keep"), FileTime.from(Instant.ofEpochSecond(1_300_000_000, 5)));
    }

    private static void changed(Path root) throws IOException {
        Files.delete(root.resolve("gone/deep/x"));
        Files.delete(root.resolve("gone/deep"));
        Files.delete(root.resolve("gone"));
        Files.delete(root.resolve("again/old"));
        Files.delete(root.resolve("again"));
        Files.createDirectory(root.resolve("again"));
        Files.writeString(root.resolve("again/new"), "new");
        Files.setPosixFilePermissions(root.resolve("keep/deep"), PosixFilePermissions.fromString("rwx------"));
        Files.writeString(root.resolve("keep/deep/set"), "changed");
        Files.delete(root.resolve("keep/soft"));
        Files.writeString(root.resolve("keep/soft"), "no link any more");
        Files.writeString(root.resolve("added"), "added");
        Files.createLink(root.resolve("added too"), root.resolve("added"));
    }

    @Test
    void a_difference_applied_elsewhere_gives_the_same_tree() throws IOException {
        var trees = trees();
        var first = made(trees, 1, List.of(), this::bottom);
        var second = made(trees, 2, List.of(1L), LayersInside::changed);
        assertThat(content.info(second.digest()).labels()).containsEntry("made", "here");

        var copies = new NativeDriver().open(folder.resolve("copies"));
        copies.create(1, Kind.ACTIVE, List.of());
        var applied = layers().apply(content, first, copies.mounts(1, Kind.ACTIVE, List.of()));
        assertThat(content.info(first.digest()).labels())
                .containsEntry("containerd.io/uncompressed", applied.digest().toString());
        copies.create(2, Kind.ACTIVE, List.of(1L));
        layers().apply(content, second, copies.mounts(2, Kind.ACTIVE, List.of(1L)));

        assertThat(listing(copies.mounts(1, Kind.ACTIVE, List.of())))
                .isEqualTo(listing(trees.mounts(1, Kind.ACTIVE, List.of())));
        assertThat(listing(copies.mounts(2, Kind.ACTIVE, List.of(1L))))
                .isEqualTo(listing(trees.mounts(2, Kind.ACTIVE, List.of(1L))));
    }

    @Test
    void layers_made_elsewhere_give_the_same_tree_here() throws IOException {
        var originals = new NativeDriver().open(folder.resolve("originals"));
        var first = made(originals, 1, List.of(), this::bottom);
        var second = made(originals, 2, List.of(1L), LayersInside::changed);

        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of());
        layers().apply(content, first, trees.mounts(1, Kind.ACTIVE, List.of()));
        trees.create(2, Kind.ACTIVE, List.of(1L));
        layers().apply(content, second, trees.mounts(2, Kind.ACTIVE, List.of(1L)));

        assertThat(listing(trees.mounts(2, Kind.ACTIVE, List.of(1L))))
                .isEqualTo(listing(originals.mounts(2, Kind.ACTIVE, List.of(1L))));
        // a third one: the difference is read back from what was applied, and holds the same
        trees.create(3, Kind.VIEW, List.of(1L));
        var again = layers().diff(
                        content,
                        trees.mounts(3, Kind.VIEW, List.of(1L)),
                        trees.mounts(2, Kind.ACTIVE, List.of(1L)),
                        GZIP);
        assertThat(again.digest()).isEqualTo(second.digest());
    }

    @Test
    void device_nodes_are_left_out_and_other_special_files_are_made() throws IOException {
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of());
        var layer = content.add(
                PLAIN,
                new Archive()
                        .special('3', "null", 0, 1, 3)
                        .special('3', "whiteout", 0, 0, 0)
                        .special('6', "pipe", 7, 0, 0)
                        .bytes());
        layers().apply(content, layer, trees.mounts(1, Kind.ACTIVE, List.of()));

        mounted(trees.mounts(1, Kind.ACTIVE, List.of()), root -> {
            assertThat(root.toFile().list()).containsExactly("pipe");
            assertThat(Files.getAttribute(root.resolve("pipe"), "unix:uid")).isEqualTo(7);
        });
    }

    @Test
    void an_id_that_is_not_mapped_is_named_with_the_range_that_is() throws IOException {
        var trees = trees();
        trees.create(1, Kind.ACTIVE, List.of());
        var layer = content.add(
                PLAIN, new Archive().special('6', "pipe", 1_500_000, 0, 0).bytes());

        assertThatThrownBy(() -> layers().apply(content, layer, trees.mounts(1, Kind.ACTIVE, List.of())))
                .isInstanceOfSatisfying(EngineException.FailedPrecondition.class, failure -> {
                    assertThat(failure.message())
                            .contains("user 1500000 and group 0")
                            .containsPattern("mapped are the users 0-\\d+ and the groups 0-\\d+$");
                    assertThat(failure.remedy())
                            .hasValueSatisfying(remedy -> assertThat(remedy).contains("usermod --add-subuids"));
                });
    }

    @Test
    void a_layer_that_fails_upon_others_leaves_no_mount() throws IOException {
        var trees = trees();
        made(trees, 1, List.of(), this::bottom);
        made(trees, 2, List.of(1L), LayersInside::changed);
        var parents = List.of(2L, 1L);
        trees.create(3, Kind.ACTIVE, parents);
        var hostile = content.add(
                PLAIN, new Archive().special('6', "../evil", 0, 0, 0).bytes());

        assertThatThrownBy(() -> layers().apply(content, hostile, trees.mounts(3, Kind.ACTIVE, parents)))
                .isInstanceOf(EngineException.InvalidArgument.class)
                .hasMessageContaining("layer entry \"../evil\": the path \"../evil\" leads out of the root");
    }

    @Test
    void capabilities_of_files_survive() throws IOException {
        // VFS_CAP_REVISION_2 with the effective bit: cap_net_bind_service
        var capability = new byte[] {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        var name = FileName.of("server");
        var trees = trees();
        var layer = made(trees, 1, List.of(), root -> {
            Files.writeString(root.resolve("server"), "");
            try (var directory = Directory.open(root)) {
                Xattrs.set(directory, name, "security.capability", capability);
            }
        });
        trees.create(2, Kind.ACTIVE, List.of());
        layers().apply(content, layer, trees.mounts(2, Kind.ACTIVE, List.of()));

        for (var parents : List.of(List.<Long>of(), List.of(2L))) {
            var id = 2L + parents.size();
            if (id > 2) {
                trees.create(id, Kind.ACTIVE, parents);
            }
            mounted(trees.mounts(id, Kind.ACTIVE, parents), root -> {
                try (var directory = Directory.open(root)) {
                    assertThat(Xattrs.find(directory, name, "security.capability"))
                            .hasValue(capability);
                }
            });
        }
    }

    @Test
    void a_full_disk_says_so_and_the_rest_can_be_removed() throws IOException {
        var large = made(trees(), 1, List.of(), root -> {
            var noise = new byte[4 << 20];
            new java.util.Random(1).nextBytes(noise);
            Files.write(root.resolve("noise"), noise);
        });
        var disk = Files.createDirectory(folder.resolve("disk"));
        Inside.mounter().mount(List.of(new Mount("tmpfs", "tmpfs", List.of("size=1m"))), disk);
        try {
            var trees = driver.open(disk.resolve("trees"));
            trees.create(1, Kind.ACTIVE, List.of());
            assertThatThrownBy(() -> layers().apply(content, large, trees.mounts(1, Kind.ACTIVE, List.of())))
                    .isInstanceOfSatisfying(EngineException.ResourceExhausted.class, failure -> {
                        assertThat(failure.message())
                                .contains("layer entry \"noise\"")
                                .contains("no space left on device");
                        assertThat(failure.remedy()).isPresent();
                    });
            trees.remove(1);
            assertThat(trees.ids()).isEmpty();
        } finally {
            Inside.mounter().unmount(disk);
        }
    }
}
