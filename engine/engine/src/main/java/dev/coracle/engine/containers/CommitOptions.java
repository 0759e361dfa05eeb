package dev.coracle.engine.containers;

import java.util.List;

/// How a container becomes an image.
///
/// @param reference the new name; empty: none
/// @param changes Dockerfile instructions: `CMD`, `ENTRYPOINT`, `ENV`, `EXPOSE`, `LABEL`, `USER`, `VOLUME`, `WORKDIR`,
///     `STOPSIGNAL`
public record CommitOptions(String reference, String author, String message, List<String> changes, boolean pause) {
    public CommitOptions {
        changes = List.copyOf(changes);
    }
}
