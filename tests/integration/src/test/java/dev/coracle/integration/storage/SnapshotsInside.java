package dev.coracle.integration.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.Support;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotterDriver;
import dev.coracle.core.testkit.SnapshotTreesContract;
import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract of snapshot trees on one driver.
abstract class SnapshotsInside implements SnapshotTreesContract {
    @TempDir
    Path folder;

    private final SnapshotterDriver driver;
    private SnapshotTrees trees;
    private int mountsBefore;

    SnapshotsInside(SnapshotterDriver driver) {
        this.driver = driver;
    }

    @BeforeEach
    void open() throws IOException {
        mountsBefore = Mounts.list().size();
        // as long as a real one, and more, for the limits of mount options
        var root = Files.createDirectories(folder.resolve("home/somebody/.local/share/containerd")
                .resolve("io.containerd.snapshotter.v1." + driver.name()));
        trees = driver.open(root);
    }

    @AfterEach
    void nothing_stays_mounted() throws IOException {
        assertThat(Mounts.list()).hasSize(mountsBefore);
    }

    @Override
    public SnapshotTrees trees() {
        return trees;
    }

    @Override
    public Mounter mounter() {
        return Inside.mounter();
    }

    @Override
    public Path scratch() {
        return folder;
    }

    @Test
    void the_probe_finds_it_usable_and_leaves_nothing() throws IOException {
        var root = Files.createDirectory(folder.resolve("probed"));
        assertThat(driver.probe(root)).isInstanceOf(Support.Usable.class);
        assertThat(root.toFile().list((_, name) -> !name.equals("snapshots"))).isEmpty();
    }
}
