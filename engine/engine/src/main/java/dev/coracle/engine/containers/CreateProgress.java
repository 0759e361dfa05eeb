package dev.coracle.engine.containers;

/// Told what creating a container waits for.
@FunctionalInterface
public interface CreateProgress {
    /// Nobody is told.
    CreateProgress NONE = _ -> {};

    /// The image is not there and will be pulled.
    void pulling(String image);
}
