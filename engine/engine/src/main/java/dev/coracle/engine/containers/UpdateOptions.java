package dev.coracle.engine.containers;

import java.util.List;

/// What is changed of a container that is there.
///
/// @param limits only those that are set change
/// @param restart none or one
public record UpdateOptions(LimitOptions limits, List<RestartPolicy> restart) {
    public UpdateOptions {
        restart = List.copyOf(restart);
    }
}
