package dev.coracle.integration.storage;

import dev.coracle.snapshots.fuse.FuseOverlayDriver;

final class FuseOverlayLayersInside extends LayersInside {
    FuseOverlayLayersInside() {
        super(new FuseOverlayDriver(Inside.mounter()));
    }
}
