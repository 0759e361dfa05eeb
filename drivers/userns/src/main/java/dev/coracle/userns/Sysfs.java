package dev.coracle.userns;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.MountFlag;
import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;

/// Shows the devices of the new network namespace in /sys; the host's cgroups stay where they were.
public final class Sysfs {
    private static final Path SYS = Path.of("/sys");
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private Sysfs() {}

    /// Shows the unified hierarchy of control groups from our own namespace's root on. False when the kernel refuses.
    ///
    /// @param keepsSysfs whether /sys is the host's, in whose place below nothing can be mounted by us otherwise
    public static boolean mountCgroups(boolean keepsSysfs) {
        var flags = EnumSet.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC);
        try {
            if (keepsSysfs) {
                Mounts.mount("none", CGROUPS, "tmpfs", flags, "");
            }
            Mounts.mount("none", CGROUPS, "cgroup2", flags, "");
            return true;
        } catch (ErrnoException refused) {
            return false;
        }
    }

    /// False when the kernel refuses, as it does inside some containers: /sys then still shows the outer network.
    public static boolean remount() throws IOException {
        var scratch = FreshDirectory.create(Path.of("/tmp"), "rksys");
        try {
            Mounts.bind(CGROUPS, scratch, true);
            var flags = EnumSet.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC);
            if (!mount(flags)) {
                flags.add(MountFlag.READ_ONLY);
                if (!mount(flags)) {
                    Mounts.unmount(scratch, true);
                    return false;
                }
            }
            Mounts.move(scratch, CGROUPS);
            return true;
        } finally {
            Files.delete(scratch);
        }
    }

    private static boolean mount(EnumSet<MountFlag> flags) {
        try {
            Mounts.mount("none", SYS, "sysfs", flags, "");
            return true;
        } catch (ErrnoException refused) {
            return false;
        }
    }
}
