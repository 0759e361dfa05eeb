package dev.coracle.engine.containers;

import dev.coracle.core.tasks.Exit;

/// How the last run of a container ended, of which the runtime has nothing left.
public record EndedRun(String containerId, Exit exit) {}
