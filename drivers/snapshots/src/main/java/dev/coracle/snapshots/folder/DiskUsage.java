package dev.coracle.snapshots.folder;

import dev.coracle.core.snapshots.Usage;
import dev.coracle.linux.Device;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileStatus;
import java.util.HashSet;
import java.util.Set;

/// Counts allocated bytes and inodes of a tree, a file with many names once. What disappears
/// while it is counted, as in a container that runs, is not counted.
final class DiskUsage {
    private record Inode(Device device, long number) {}

    private final Set<Inode> linked = new HashSet<>();
    private long inodes;
    private long bytes;

    private DiskUsage() {}

    static Usage of(Directory top) throws ErrnoException {
        var usage = new DiskUsage();
        usage.add(top.status());
        usage.walk(top);
        return new Usage(usage.inodes, usage.bytes);
    }

    private void walk(Directory directory) throws ErrnoException {
        for (var name : directory.list()) {
            try {
                var status = directory.status(name);
                add(status);
                if (status.isDirectory()) {
                    try (var inner = directory.openDirectory(name)) {
                        walk(inner);
                    }
                }
            } catch (ErrnoException e) {
                if (!e.is(Errno.ENOENT, Errno.ENOTDIR)) {
                    throw e;
                }
            }
        }
    }

    private void add(FileStatus status) {
        if (status.isDirectory() || status.links() < 2 || linked.add(new Inode(status.device(), status.inode()))) {
            inodes++;
            bytes += status.blocks512() * 512;
        }
    }
}
