package dev.coracle.layers;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.layers.TarEntry.Owner;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Gives what was unpacked its owner, extended attributes, mode and times, in this order: a
/// change of owner takes away set-user-id bits and capabilities, and everything touches times.
final class Attributes {
    private static final String CAPABILITY = "security.capability";

    private Attributes() {}

    /// For open files and directories.
    static void apply(Fd file, TarEntry entry) throws IOException {
        var owner = entry.owner();
        owned(owner, () -> file.changeOwner(owner.user(), owner.group()));
        for (var attribute : entry.attributes().entrySet()) {
            extended(attribute.getKey(), () -> Xattrs.set(file, attribute.getKey(), attribute.getValue()));
        }
        file.changeMode(owner.mode());
        file.setTimes(entry.modified(), entry.modified());
    }

    /// For what cannot be opened: links, devices, FIFOs.
    static void apply(Directory directory, FileName name, TarEntry entry) throws IOException {
        var owner = entry.owner();
        owned(owner, () -> directory.changeOwner(name, owner.user(), owner.group()));
        for (var attribute : entry.attributes().entrySet()) {
            extended(attribute.getKey(), () -> Xattrs.set(directory, name, attribute.getKey(), attribute.getValue()));
        }
        if (entry.type() != EntryType.SYMLINK) {
            directory.changeMode(name, owner.mode());
        }
        directory.setTimes(name, entry.modified(), entry.modified());
    }

    @FunctionalInterface
    private interface Change {
        void run() throws ErrnoException;
    }

    private static void owned(Owner owner, Change change) throws IOException {
        try {
            change.run();
        } catch (ErrnoException e) {
            if (!e.is(Errno.EINVAL, Errno.EPERM, Errno.EOVERFLOW)) {
                throw e;
            }
            throw new FailedPrecondition(
                            "the layer has files of user " + owner.user() + " and group " + owner.group()
                                    + ", which this account cannot give to anybody: mapped are the users "
                                    + mapped("uid_map") + " and the groups " + mapped("gid_map"),
                            e)
                    .remedy("give the account more subordinate ids: usermod --add-subuids FIRST-LAST "
                            + "--add-subgids FIRST-LAST ACCOUNT, then start rootlesskit again");
        }
    }

    /// The ids of this user namespace, ranges that touch each other joined.
    private static String mapped(String file) throws IOException {
        var ranges = new TreeMap<Long, Long>();
        for (var line : Files.readAllLines(Path.of("/proc/self").resolve(file))) {
            var words = line.strip().split("\\s+");
            var first = Long.parseLong(words[0]);
            ranges.put(first, first + Long.parseLong(words[2]) - 1);
        }
        var joined = new ArrayDeque<long[]>();
        ranges.forEach((first, last) -> {
            var before = joined.peekLast();
            if (before != null && before[1] + 1 == first) {
                before[1] = last;
            } else {
                joined.addLast(new long[] {first, last});
            }
        });
        return joined.stream().map(range -> range[0] + "-" + range[1]).collect(Collectors.joining(", "));
    }

    /// Some attributes belong to the machine and not to the image: those of overlay file systems,
    /// which would let an archive hide what lies below, and labels that only the initial user
    /// namespace may set. containerd drops them, too.
    static boolean isIgnored(String name) {
        return name.startsWith("trusted.")
                || name.startsWith("user.overlay.")
                || name.startsWith("user.fuseoverlayfs.");
    }

    private static void extended(String name, Change change) throws IOException {
        if (isIgnored(name)) {
            return;
        }
        try {
            change.run();
        } catch (ErrnoException e) {
            var optional = e.is(Errno.EOPNOTSUPP)
                    || (e.is(Errno.EPERM) && name.startsWith("security.") && !name.equals(CAPABILITY));
            if (!optional) {
                throw e;
            }
        }
    }
}
