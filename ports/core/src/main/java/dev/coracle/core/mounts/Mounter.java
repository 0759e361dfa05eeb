package dev.coracle.core.mounts;

import java.nio.file.Path;
import java.util.List;

/// Makes mounts real, in the daemon's mount namespace.
public interface Mounter {
    /// Mounts one after the other: a mount's own target names a place beneath `root`, resolved without leaving it. All
    /// or nothing: what was mounted before a failure is unmounted again.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument for an option or a type that cannot be understood
    void mount(List<Mount> mounts, Path root);

    /// Unmounts everything on and beneath `root`, also what others still use; nothing mounted is no failure.
    void unmount(Path root);
}
