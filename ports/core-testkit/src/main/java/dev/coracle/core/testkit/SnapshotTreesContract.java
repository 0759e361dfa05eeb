package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the trees of every snapshotter must look like once mounted. It needs an account that may
/// mount and give files away, as root of a user namespace may.
public interface SnapshotTreesContract {
    /// The driver on an empty root of this test.
    SnapshotTrees trees();

    Mounter mounter();

    /// An empty directory of this test.
    Path scratch();

    /// Work on a mounted tree.
    @FunctionalInterface
    interface Change {
        void make(Path root) throws IOException;
    }

    /// Mounts a snapshot, works on it and unmounts it.
    private void mounted(long id, Kind kind, List<Long> parents, Change change) throws IOException {
        var target = Files.createTempDirectory(scratch(), "mounted");
        mounter().mount(trees().mounts(id, kind, parents), target);
        try {
            change.make(target);
        } finally {
            mounter().unmount(target);
        }
        Files.delete(target);
    }

    /// A committed layer upon parents, nearest first; returns the new list of parents.
    private List<Long> layer(long id, List<Long> parents, Change change) throws IOException {
        trees().create(id, Kind.ACTIVE, parents);
        mounted(id, Kind.ACTIVE, parents, change);
        trees().commit(id, parents);
        var chain = new ArrayList<>(List.of(id));
        chain.addAll(parents);
        return chain;
    }

    private void view(long id, List<Long> parents, Change look) throws IOException {
        trees().create(id, Kind.VIEW, parents);
        mounted(id, Kind.VIEW, parents, look);
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(path -> !path.equals(root))
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private static Object owner(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }

    private static UserDefinedFileAttributeView attributes(Path file) {
        return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    }

    @Test
    default void a_snapshot_shows_what_its_parents_have_and_hides_its_own_from_them() throws IOException {
        var one = layer(1, List.of(), root -> {
            Files.writeString(root.resolve("a"), "one");
            Files.createDirectory(root.resolve("d"));
            Files.writeString(root.resolve("d/x"), "one");
        });
        var two = layer(2, one, root -> {
            assertThat(root.resolve("a")).hasContent("one");
            Files.writeString(root.resolve("a"), "two");
            Files.writeString(root.resolve("d/y"), "two");
        });

        view(3, two, root -> {
            assertThat(names(root)).containsExactly("a", "d", "d/x", "d/y");
            assertThat(root.resolve("a")).hasContent("two");
        });
        view(4, one, root -> {
            assertThat(names(root)).containsExactly("a", "d", "d/x");
            assertThat(root.resolve("a")).hasContent("one");
        });
    }

    @Test
    default void what_a_snapshot_removes_stays_removed_above_it_only() throws IOException {
        var one = layer(1, List.of(), root -> {
            Files.createDirectories(root.resolve("d/inner"));
            Files.writeString(root.resolve("d/inner/x"), "");
            Files.writeString(root.resolve("f"), "");
        });
        var two = layer(2, one, root -> {
            Files.delete(root.resolve("d/inner/x"));
            Files.delete(root.resolve("d/inner"));
            Files.delete(root.resolve("f"));
        });
        var three = layer(3, two, root -> {
            assertThat(names(root)).containsExactly("d");
            Files.createDirectory(root.resolve("d/inner"));
            Files.writeString(root.resolve("f"), "again");
        });

        view(4, three, root -> assertThat(names(root)).containsExactly("d", "d/inner", "f"));
        view(5, one, root -> assertThat(names(root)).containsExactly("d", "d/inner", "d/inner/x", "f"));
    }

    @Test
    default void files_of_parents_can_be_renamed() throws IOException {
        var one = layer(1, List.of(), root -> {
            Files.createDirectory(root.resolve("d"));
            Files.writeString(root.resolve("d/old"), "content");
        });
        var two = layer(2, one, root -> Files.move(root.resolve("d/old"), root.resolve("new")));

        view(3, two, root -> {
            assertThat(names(root)).containsExactly("d", "new");
            assertThat(root.resolve("new")).hasContent("content");
        });
    }

    @Test
    default void owners_and_modes_change_for_the_snapshot_alone() throws IOException {
        var one = layer(1, List.of(), root -> {
            Files.createDirectory(root.resolve("d"));
            Files.writeString(root.resolve("d/f"), "");
        });
        var two = layer(2, one, root -> {
            Files.setAttribute(root.resolve("d"), "unix:uid", 7);
            Files.setAttribute(root.resolve("d/f"), "unix:uid", 8);
            Files.setPosixFilePermissions(root.resolve("d/f"), PosixFilePermissions.fromString("r-x--x---"));
        });

        view(3, two, root -> {
            assertThat(owner(root.resolve("d"))).isEqualTo(7);
            assertThat(owner(root.resolve("d/f"))).isEqualTo(8);
            assertThat(mode(root.resolve("d/f"))).isEqualTo("r-x--x---");
        });
        view(4, one, root -> {
            assertThat(owner(root.resolve("d"))).isEqualTo(0);
            assertThat(owner(root.resolve("d/f"))).isEqualTo(0);
        });
    }

    @Test
    default void what_is_done_upon_unpacked_layers_stays_out_of_them() throws IOException {
        trees().createForLayer(1, List.of(), new SnapshotTrees.Naming("default", "one", Map.of()));
        mounted(1, Kind.ACTIVE, List.of(), root -> {
            Files.writeString(root.resolve("kept"), "one");
            Files.writeString(root.resolve("replaced"), "one");
        });
        trees().commit(1, List.of());
        trees().createForLayer(2, List.of(1L), new SnapshotTrees.Naming("default", "two", Map.of()));
        mounted(2, Kind.ACTIVE, List.of(1L), root -> {
            Files.delete(root.resolve("replaced"));
            Files.writeString(root.resolve("replaced"), "two");
        });
        trees().commit(2, List.of(1L));
        var chain = List.of(2L, 1L);

        trees().create(3, Kind.ACTIVE, chain);
        mounted(3, Kind.ACTIVE, chain, root -> {
            Files.writeString(root.resolve("kept"), " and more", StandardOpenOption.APPEND);
            Files.setPosixFilePermissions(root.resolve("kept"), PosixFilePermissions.fromString("r--------"));
            assertThat(root.resolve("kept")).hasContent("one and more");
            assertThat(root.resolve("replaced")).hasContent("two");
        });

        view(4, chain, root -> {
            assertThat(root.resolve("kept")).hasContent("one");
            assertThat(mode(root.resolve("kept"))).isEqualTo("rw-r--r--");
            assertThat(root.resolve("replaced")).hasContent("two");
        });
        view(5, List.of(1L), root -> assertThat(root.resolve("replaced")).hasContent("one"));
    }

    @Test
    default void the_root_is_an_ordinary_directory_and_hands_its_owner_and_mode_on() throws IOException {
        var one = layer(1, List.of(), root -> assertThat(mode(root)).isEqualTo("rwxr-xr-x"));
        var two = layer(2, one, root -> {
            assertThat(mode(root)).isEqualTo("rwxr-xr-x");
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
            Files.setAttribute(root, "unix:uid", 5);
        });
        layer(3, two, root -> {
            assertThat(mode(root)).isEqualTo("rwx--x--x");
            assertThat(owner(root)).isEqualTo(5);
        });
    }

    @Test
    default void a_view_cannot_be_written_to() throws IOException {
        var one = layer(1, List.of(), root -> Files.writeString(root.resolve("f"), ""));
        var two = layer(2, one, root -> Files.writeString(root.resolve("g"), ""));
        for (var parents : List.of(List.<Long>of(), one, two)) {
            view(
                    10 + parents.size(),
                    parents,
                    root -> assertThatThrownBy(() -> Files.writeString(root.resolve("new"), ""))
                            .isInstanceOf(FileSystemException.class)
                            .hasMessageContaining("Read-only"));
        }
    }

    @Test
    default void everything_about_a_file_is_handed_on() throws IOException {
        var time = FileTime.from(Instant.ofEpochSecond(1_500_000_000, 123_456_789));
        var one = layer(1, List.of(), root -> {
            Files.writeString(root.resolve("f"), "content");
            Files.createLink(root.resolve("hard"), root.resolve("f"));
            Files.createSymbolicLink(root.resolve("soft"), Path.of("nowhere"));
            attributes(root.resolve("f")).write("note", ByteBuffer.wrap(new byte[] {1, 2, 3}));
            try (var file =
                    FileChannel.open(root.resolve("sparse"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(new byte[] {9}), 64 << 20);
            }
            Files.setLastModifiedTime(root.resolve("f"), time);
        });
        trees().create(2, Kind.ACTIVE, one);
        mounted(2, Kind.ACTIVE, one, root -> {
            assertThat(Files.getLastModifiedTime(root.resolve("f"))).isEqualTo(time);
            assertThat(Files.getAttribute(root.resolve("f"), "unix:ino"))
                    .isEqualTo(Files.getAttribute(root.resolve("hard"), "unix:ino"));
            assertThat(Files.readSymbolicLink(root.resolve("soft"))).hasToString("nowhere");
            var note = ByteBuffer.allocate(3);
            attributes(root.resolve("f")).read("note", note);
            assertThat(note.array()).containsExactly(1, 2, 3);
            assertThat(Files.size(root.resolve("sparse"))).isEqualTo((64 << 20) + 1);
        });
        assertThat(trees().usage(2, one).bytes()).isLessThan(16 << 20);
    }

    @Test
    default void a_hundred_and_twenty_eight_layers_can_be_mounted() throws IOException {
        var parents = List.<Long>of();
        for (var id = 1000L; id < 1128; id++) {
            var number = id;
            parents = layer(id, parents, root -> {
                Files.writeString(root.resolve("of-" + number), "");
                Files.writeString(root.resolve("last"), Long.toString(number));
            });
        }
        view(2000, parents, root -> {
            assertThat(names(root)).hasSize(129);
            assertThat(root.resolve("last")).hasContent("1127");
        });
    }

    @Test
    default void numbers_are_there_until_they_are_removed() throws IOException {
        var one = layer(
                1,
                List.of(),
                root -> Files.createDirectory(
                        root.resolve("locked"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------"))));
        layer(2, one, root -> Files.writeString(root.resolve("f"), "x".repeat(10_000)));
        assertThat(trees().ids()).contains(1L, 2L);
        assertThat(trees().usage(2, one).bytes()).isBetween(10_000L, 100_000L);
        assertThat(trees().usage(1, List.of()).inodes()).isEqualTo(2);

        trees().remove(2);
        trees().remove(1);
        trees().remove(1);

        assertThat(trees().ids()).isEmpty();
    }

    @Test
    default void a_number_made_again_starts_empty() throws IOException {
        layer(1, List.of(), root -> Files.writeString(root.resolve("f"), ""));
        layer(1, List.of(), root -> assertThat(names(root)).isEmpty());
    }
}
