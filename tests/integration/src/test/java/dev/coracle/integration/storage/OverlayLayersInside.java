package dev.coracle.integration.storage;

import dev.coracle.snapshots.overlay.OverlayDriver;

final class OverlayLayersInside extends LayersInside {
    OverlayLayersInside() {
        super(new OverlayDriver(Inside.mounter()));
    }
}
