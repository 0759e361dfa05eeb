package dev.coracle.engine.events;

import java.time.Instant;
import java.util.Map;

/// One thing that happened.
///
/// @param type `container`, `image`, `network` or `volume`
/// @param action as Docker words it: `create`, `start`, `die`, `exec_start: sh`, `health_status: healthy` ...
/// @param actor the id, or the name for volumes and images
/// @param attributes labels, and `name`, `image`, `exitCode`, `signal`, `container` ... where they apply
public record EngineEvent(String type, String action, String actor, Map<String, String> attributes, Instant time) {
    public EngineEvent {
        attributes = Map.copyOf(attributes);
    }
}
