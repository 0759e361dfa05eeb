package dev.coracle.core.snapshots;

import dev.coracle.base.Support;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a snapshotter room offers. The assembly lists these; nothing registers itself.
public interface SnapshotterDriver {
    /// As on the wire: `overlayfs`, `native`, `fuse-overlayfs`.
    String name();

    /// Tries it for real below the root: a mount, a write through it, an unmount.
    Support probe(Path root);

    /// Opens the driver on its directory; touches nothing before this.
    SnapshotTrees open(Path root);

    /// The capabilities that introspection reports (`remap-ids`, `rebase` ...).
    default List<String> capabilities() {
        return List.of();
    }

    /// What introspection tells of it, when it works below this root.
    default Map<String, String> exports(Path root) {
        return Map.of("root", root.toString());
    }
}
