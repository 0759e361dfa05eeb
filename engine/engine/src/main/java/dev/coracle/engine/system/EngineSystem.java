package dev.coracle.engine.system;

import dev.coracle.engine.events.EngineEvents;

/// What concerns the whole engine, as one namespace sees it.
public interface EngineSystem {
    Info info();

    DiskUse diskUse();

    EngineEvents events();
}
