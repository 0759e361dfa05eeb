package dev.coracle.integration.storage;

import dev.coracle.snapshots.fuse.FuseOverlayDriver;

final class FuseOverlaySnapshotsInside extends SnapshotsInside {
    FuseOverlaySnapshotsInside() {
        super(new FuseOverlayDriver(Inside.mounter()));
    }
}
