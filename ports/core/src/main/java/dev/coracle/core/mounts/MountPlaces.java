package dev.coracle.core.mounts;

import java.nio.file.Path;
import java.util.List;

/// Places of the daemon's own at which mounts are kept, for a holder each, until they are given up. Mounts outlive
/// this object and the JVM.
public interface MountPlaces {
    /// Mounts at a new place of the holder's.
    ///
    /// @param holder a word that can be a file's name
    /// @return the place
    Path mount(String holder, Mount mount);

    /// Makes a directory that a later mount needs; one that is there with these permissions is as good.
    ///
    /// @throws dev.coracle.base.EngineException.NotImplemented when it does not lie below the daemon's directories,
    ///     or exists with other permissions
    void makeDirectory(Path directory, int permissions);

    /// Unmounts all that the holder has, also what is in use; a holder of nothing is no failure.
    void release(String holder);

    /// Whether something is mounted at a place.
    boolean isMounted(Path place);

    /// Who has places.
    List<String> holders();
}
