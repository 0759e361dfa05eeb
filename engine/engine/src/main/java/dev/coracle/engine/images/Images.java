package dev.coracle.engine.images;

/// The images of one namespace.
public interface Images {}
