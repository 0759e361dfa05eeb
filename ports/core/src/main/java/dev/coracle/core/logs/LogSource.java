package dev.coracle.core.logs;

import java.util.List;
import java.util.Map;

/// Whose output it is.
///
/// @param env `NAME=value`
public record LogSource(
        String id, String name, String image, String imageId, Map<String, String> labels, List<String> env) {
    private static final int SHORT_ID = 12;

    public LogSource {
        labels = Map.copyOf(labels);
        env = List.copyOf(env);
    }

    public String shortId() {
        return id.substring(0, Math.min(SHORT_ID, id.length()));
    }
}
