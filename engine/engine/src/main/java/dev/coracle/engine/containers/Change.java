package dev.coracle.engine.containers;

/// A difference from the image.
///
/// @param kind `A`, `C` or `D`
public record Change(char kind, String path) {}
