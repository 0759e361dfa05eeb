package dev.coracle.engine.containers;

import java.util.List;

/// File systems of the container.
///
/// @param volumesFrom `container[:ro]`
/// @param shmSize bytes of `/dev/shm`; 0: 64 MiB
public record StorageOptions(List<MountOption> mounts, List<String> volumesFrom, boolean readOnly, long shmSize) {
    /// Only what the image asks for.
    public static final StorageOptions NONE = new StorageOptions(List.of(), List.of(), false, 0);

    public StorageOptions {
        mounts = List.copyOf(mounts);
        volumesFrom = List.copyOf(volumesFrom);
    }
}
