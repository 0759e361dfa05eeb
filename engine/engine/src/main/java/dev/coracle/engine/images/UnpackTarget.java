package dev.coracle.engine.images;

import dev.coracle.base.Platform;

/// Which platform's layers go into which snapshotter.
public record UnpackTarget(Platform platform, String snapshotter) {}
