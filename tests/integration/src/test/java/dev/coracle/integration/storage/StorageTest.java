package dev.coracle.integration.storage;

import dev.coracle.integration.Inside;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Snapshots, layers and mounts, as the daemon makes them.
class StorageTest {
    @TestFactory
    Stream<DynamicTest> snapshots_native() throws Exception {
        return Inside.mounts(NativeSnapshotsInside.class);
    }

    @TestFactory
    Stream<DynamicTest> snapshots_overlayfs() throws Exception {
        return Inside.mounts(OverlaySnapshotsInside.class);
    }

    @TestFactory
    Stream<DynamicTest> snapshots_fuse_overlayfs() throws Exception {
        return Inside.mounts(FuseOverlaySnapshotsInside.class);
    }

    @TestFactory
    Stream<DynamicTest> layers_native() throws Exception {
        return Inside.mounts(NativeLayersInside.class);
    }

    @TestFactory
    Stream<DynamicTest> layers_overlayfs() throws Exception {
        return Inside.mounts(OverlayLayersInside.class);
    }

    @TestFactory
    Stream<DynamicTest> layers_fuse_overlayfs() throws Exception {
        return Inside.mounts(FuseOverlayLayersInside.class);
    }

    @TestFactory
    Stream<DynamicTest> mounts() throws Exception {
        return Inside.mounts(MountsInside.class);
    }
}
