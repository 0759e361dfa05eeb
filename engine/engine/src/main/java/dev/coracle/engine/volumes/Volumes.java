package dev.coracle.engine.volumes;

import dev.coracle.engine.filters.PruneFilter;
import java.util.List;
import java.util.Map;

/// The volumes of one namespace.
public interface Volumes {
    /// Makes a volume, or finds the one that has this name.
    ///
    /// @param name empty: a random one, and the volume is anonymous
    Volume create(String name, Map<String, String> labels);

    /// Makes an anonymous volume for one container. It is removed by [#recover] when no container
    /// uses it: the daemon died before the container was there, or while both were removed.
    Volume createOwned();

    /// From now on it stays when its container goes; nothing happens to one that is not owned.
    void disown(String name);

    /// Removes the owned volumes that no container uses. Called once, at first.
    void recover();

    Volume get(String name);

    /// By name.
    List<Volume> list();

    /// Bytes in the volume's files, by walking through them.
    long size(String name);

    /// @throws dev.coracle.base.EngineException.FailedPrecondition when a container uses it
    void remove(String name);

    /// Names of containers that use it.
    List<String> users(String name);

    /// Removes volumes that no container uses.
    ///
    /// @param named also those with a name that somebody gave
    Pruned prune(boolean named, PruneFilter filter);

    /// What was removed.
    record Pruned(List<String> names, long bytes) {
        public Pruned {
            names = List.copyOf(names);
        }
    }
}
