package dev.coracle.core.files;

import dev.coracle.core.mounts.Mount;
import java.nio.file.Path;
import java.util.List;

/// A tree of files to work in.
public sealed interface FileTree {
    /// What these mounts show; they are made for as long as they are needed.
    record Mounted(List<Mount> mounts) implements FileTree {
        public Mounted {
            mounts = List.copyOf(mounts);
        }
    }

    /// A directory: a volume, or the root of a running container (`/proc/PID/root`).
    record At(Path directory) implements FileTree {}
}
