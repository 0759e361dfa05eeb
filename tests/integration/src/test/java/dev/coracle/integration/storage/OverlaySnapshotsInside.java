package dev.coracle.integration.storage;

import dev.coracle.snapshots.overlay.OverlayDriver;

final class OverlaySnapshotsInside extends SnapshotsInside {
    OverlaySnapshotsInside() {
        super(new OverlayDriver(Inside.mounter()));
    }
}
