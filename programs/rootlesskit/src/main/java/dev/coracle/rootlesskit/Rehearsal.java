package dev.coracle.rootlesskit;

import dev.coracle.linux.Capability;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.MountFlag;
import dev.coracle.linux.Mounts;
import dev.coracle.linux.NetnsThread;
import dev.coracle.linux.Propagation;
import dev.coracle.linux.RouteNetlink;
import dev.coracle.userns.CopyUp;
import dev.coracle.userns.DetachedNetwork;
import dev.coracle.userns.NetworkFiles;
import dev.coracle.userns.Sysfs;
import java.util.List;

/// The classes of the child, for a JVM whose start-up cache is recorded. The child starts from its parent's cache and
/// cannot record one of its own, because it becomes the command instead of ending.
final class Rehearsal {
    private Rehearsal() {}

    static List<Class<?>> load() {
        return List.of(
                ChildMain.class,
                Child.class,
                FirstProcess.class,
                CopyUp.class,
                DetachedNetwork.class,
                NetworkFiles.class,
                Sysfs.class,
                Capability.class,
                Directory.class,
                Directory.Entry.class,
                FileName.class,
                FileStatus.Type.class,
                MountFlag.class,
                Mounts.class,
                NetnsThread.class,
                Propagation.class,
                RouteNetlink.class);
    }
}
