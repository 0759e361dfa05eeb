package dev.coracle.snapshots.nativefs;

import dev.coracle.base.EngineException;
import dev.coracle.base.Support;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotterDriver;
import dev.coracle.snapshots.folder.SnapshotFolder;
import java.nio.file.Path;
import java.util.Set;

/// Whole copies, on any file system.
public final class NativeDriver implements SnapshotterDriver {
    @Override
    public String name() {
        return "native";
    }

    @Override
    public Support probe(Path root) {
        try {
            var _ = new SnapshotFolder(root).ids();
            return new Support.Usable(Set.of());
        } catch (EngineException e) {
            return new Support.Unusable(
                    e.message(), e.remedy().orElse("give the daemon a root directory that it may write to"));
        }
    }

    @Override
    public SnapshotTrees open(Path root) {
        return new NativeTrees(new SnapshotFolder(root));
    }
}
