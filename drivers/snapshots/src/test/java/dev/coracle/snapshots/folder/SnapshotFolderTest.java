package dev.coracle.snapshots.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFolderTest {
    @TempDir
    Path root;

    @Test
    void only_its_owner_may_look_into_it() throws IOException {
        var folder = new SnapshotFolder(root);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.path(1).getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void what_a_killed_daemon_left_half_done_is_swept_out() throws IOException {
        Files.createDirectories(root.resolve("snapshots/new-7/fs"));
        Files.createDirectories(root.resolve("snapshots/gone-6/fs"));
        Files.createDirectories(root.resolve("snapshots/5/fs"));

        var folder = new SnapshotFolder(root);

        assertThat(folder.ids()).containsExactly(5L);
        assertThat(root.resolve("snapshots").toFile().list()).containsExactly("5");
    }

    @Test
    void a_directory_that_cannot_be_filled_is_not_there() {
        var folder = new SnapshotFolder(root);

        assertThatThrownBy(() -> folder.create(1, _ -> {
                    throw new IOException("the disk is on fire");
                }))
                .isInstanceOf(EngineException.Internal.class)
                .hasMessage("create snapshot 1: the disk is on fire");

        assertThat(root.resolve("snapshots").toFile().list()).isEmpty();
    }

    @Test
    void disk_usage_counts_a_file_with_two_names_once() throws IOException {
        var tree = Files.createDirectory(root.resolve("tree"));
        Files.write(tree.resolve("a"), new byte[100_000]);
        Files.createLink(tree.resolve("b"), tree.resolve("a"));

        var usage = new SnapshotFolder(root).usage(tree);

        assertThat(usage.inodes()).isEqualTo(2);
        assertThat(usage.bytes()).isBetween(100_000L, 150_000L);
    }
}
