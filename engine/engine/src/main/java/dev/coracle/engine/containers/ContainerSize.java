package dev.coracle.engine.containers;

/// Bytes on disk.
///
/// @param changed what the container has written
/// @param all with its image
public record ContainerSize(long changed, long all) {}
