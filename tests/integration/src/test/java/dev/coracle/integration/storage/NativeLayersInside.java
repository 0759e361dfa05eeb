package dev.coracle.integration.storage;

import dev.coracle.snapshots.nativefs.NativeDriver;

final class NativeLayersInside extends LayersInside {
    NativeLayersInside() {
        super(new NativeDriver());
    }
}
