package dev.coracle.oci;

import java.util.Map;

/// A container's state as a runtime gives it to a hook (runtime-spec, runtime.md, "State").
public record HookState(String id, String status, long pid, String bundle, Map<String, String> annotations) {
    private static final String WHAT = "state of the container";

    public HookState {
        annotations = Map.copyOf(annotations);
    }

    /// Reads what stands on a hook's standard input.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it is malformed
    public static HookState parse(byte[] bytes) {
        var node = Json.object(bytes, WHAT);
        return new HookState(
                Json.text(node, "id", WHAT),
                Json.text(node, "status", WHAT),
                Json.whole(node, "pid", WHAT),
                Json.text(node, "bundle", WHAT),
                Json.map(node, "annotations", WHAT));
    }

    /// Where the root file system is, by the bundle's configuration.
    public static String root(byte[] config) {
        return Json.text(
                Json.object(config, "container configuration").path("root"), "path", "container configuration");
    }
}
