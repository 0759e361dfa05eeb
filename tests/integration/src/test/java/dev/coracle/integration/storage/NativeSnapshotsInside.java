package dev.coracle.integration.storage;

import dev.coracle.snapshots.nativefs.NativeDriver;

final class NativeSnapshotsInside extends SnapshotsInside {
    NativeSnapshotsInside() {
        super(new NativeDriver());
    }
}
