package dev.coracle.engine.volumes;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/// A volume.
///
/// @param mountpoint its directory, in the daemon's mount namespace
public record Volume(String name, Map<String, String> labels, boolean anonymous, Path mountpoint, Instant createdAt) {
    public Volume {
        labels = Map.copyOf(labels);
    }
}
