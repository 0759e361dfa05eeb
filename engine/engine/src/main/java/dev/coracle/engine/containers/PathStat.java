package dev.coracle.engine.containers;

import java.time.Instant;

/// What is at a path in a container.
///
/// @param mode permissions with the bits for set-id and sticky
/// @param linkTarget empty for what is not a symbolic link
public record PathStat(String name, long size, int mode, boolean directory, Instant modified, String linkTarget) {}
