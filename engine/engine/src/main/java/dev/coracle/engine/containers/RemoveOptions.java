package dev.coracle.engine.containers;

/// How a container is removed.
///
/// @param force whether a running container is killed
/// @param volumes whether its anonymous volumes go too
public record RemoveOptions(boolean force, boolean volumes) {}
