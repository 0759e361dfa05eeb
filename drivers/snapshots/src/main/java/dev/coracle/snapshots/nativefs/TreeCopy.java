package dev.coracle.snapshots.nativefs;

import dev.coracle.linux.Device;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileData;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.RootedPath;
import dev.coracle.linux.Xattrs;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Copies a tree with everything that makes it the same tree: owners, modes, times, extended
/// attributes, hard links, holes and special files. Blocks are shared where the file system can,
/// and copied inside the kernel where not.
final class TreeCopy {
    private record Inode(Device device, long number) {}

    private static final Set<OpenFlag> NEW_FILE = Set.of(OpenFlag.WRITE_ONLY, OpenFlag.CREATE, OpenFlag.EXCLUSIVE);

    private final Directory top;
    private final boolean sharesFiles;
    private final Map<Inode, FileName> linked = new HashMap<>();
    private boolean sharesBlocks = true;

    private TreeCopy(Directory top, boolean sharesFiles) {
        this.top = top;
        this.sharesFiles = sharesFiles;
    }

    /// Copies what is in `source`, and its own attributes, into the empty directory `target`.
    static void copy(Directory source, Directory target) throws ErrnoException {
        new TreeCopy(target, false).directory(source, target, FileName.HERE);
    }

    /// The same with directories alone copied, and everything else the same file in both trees,
    /// for as long as the file system lets a file have one more name.
    static void link(Directory source, Directory target) throws ErrnoException {
        new TreeCopy(target, true).directory(source, target, FileName.HERE);
    }

    private void directory(Directory source, Directory target, FileName path) throws ErrnoException {
        for (var name : source.list()) {
            entry(source, target, name, path.equals(FileName.HERE) ? name : path.resolve(name));
        }
        attributes(source.fd(), target.fd(), source.status());
    }

    private void entry(Directory source, Directory target, FileName name, FileName path) throws ErrnoException {
        var status = source.status(name);
        if (status.isDirectory()) {
            target.makeDirectory(name, 0700);
            try (var innerSource = source.openDirectory(name);
                    var innerTarget = target.openDirectory(name)) {
                directory(innerSource, innerTarget, path);
            }
            return;
        }
        if (sharesFiles && isShared(source, target, name)) {
            return;
        }
        if (status.links() > 1) {
            var first = linked.putIfAbsent(new Inode(status.device(), status.inode()), path);
            if (first != null) {
                link(first, target, name);
                return;
            }
        }
        switch (status.type()) {
            case FILE -> file(source, target, name, status);
            case SYMLINK -> target.makeSymlink(name, source.readSymlink(name));
            default -> target.makeNode(name, (status.mode() & 0xf000) | 0600, status.special());
        }
        if (status.type() != FileStatus.Type.FILE) {
            attributes(source, target, name, status);
        }
    }

    private static boolean isShared(Directory source, Directory target, FileName name) throws ErrnoException {
        try {
            target.makeLink(name, source, name);
            return true;
        } catch (ErrnoException e) {
            // as many names as it can have, or a kind of file that this file system or kernel gives one name only
            if (e.is(Errno.EMLINK, Errno.EPERM, Errno.EOPNOTSUPP)) {
                return false;
            }
            throw e;
        }
    }

    private void link(FileName first, Directory target, FileName name) throws ErrnoException {
        try (var holder = new RootedPath(top, RootedPath.Escape.LINKS_ARE_REFUSED).openParent(first)) {
            target.makeLink(name, holder, RootedPath.last(first));
        }
    }

    private void file(Directory source, Directory target, FileName name, FileStatus status) throws ErrnoException {
        try (var from = source.open(name, Set.of(), 0);
                var to = target.open(name, NEW_FILE, 0600)) {
            if (status.size() > 0 && !isShared(from, to)) {
                content(from, to, status.size());
            }
            attributes(from, to, status);
        }
    }

    private boolean isShared(Fd from, Fd to) throws ErrnoException {
        if (!sharesBlocks) {
            return false;
        }
        try {
            FileData.reflink(from, to);
            return true;
        } catch (ErrnoException e) {
            if (!e.is(Errno.EOPNOTSUPP, Errno.EINVAL, Errno.EXDEV, Errno.ENOTTY, Errno.EPERM, Errno.ENOSYS)) {
                throw e;
            }
            sharesBlocks = false;
            return false;
        }
    }

    /// Copies the runs of data and leaves the holes.
    private static void content(Fd from, Fd to, long size) throws ErrnoException {
        FileData.truncate(to, size);
        for (var at = 0L; at < size; ) {
            var data = FileData.nextData(from, at);
            if (data.isEmpty()) {
                return;
            }
            var end = FileData.nextHole(from, data.getAsLong()).orElse(size);
            FileData.seek(from, data.getAsLong());
            FileData.seek(to, data.getAsLong());
            for (var done = data.getAsLong(); done < end; ) {
                var copied = FileData.copyRange(from, to, end - done);
                if (copied == 0) {
                    return;
                }
                done += copied;
            }
            at = end;
        }
    }

    private static void attributes(Fd from, Fd to, FileStatus status) throws ErrnoException {
        to.changeOwner(status.owner(), status.group());
        for (var attribute : Xattrs.list(from)) {
            var value = Xattrs.find(from, attribute);
            if (value.isPresent()) {
                extended(attribute, () -> Xattrs.set(to, attribute, value.get()));
            }
        }
        to.changeMode(status.permissions());
        to.setTimes(status.accessed(), status.modified());
    }

    private static void attributes(Directory from, Directory to, FileName name, FileStatus status)
            throws ErrnoException {
        to.changeOwner(name, status.owner(), status.group());
        for (var attribute : Xattrs.list(from, name)) {
            var value = Xattrs.find(from, name, attribute);
            if (value.isPresent()) {
                extended(attribute, () -> Xattrs.set(to, name, attribute, value.get()));
            }
        }
        if (status.type() != FileStatus.Type.SYMLINK) {
            to.changeMode(name, status.permissions());
        }
        to.setTimes(name, status.accessed(), status.modified());
    }

    @FunctionalInterface
    private interface Setting {
        void run() throws ErrnoException;
    }

    /// Labels of the machine that only the initial user namespace may set stay behind; a
    /// capability or an attribute of the image must come along.
    private static void extended(String attribute, Setting setting) throws ErrnoException {
        try {
            setting.run();
        } catch (ErrnoException e) {
            var ours = attribute.startsWith("user.") || attribute.equals("security.capability");
            if (ours || !e.is(Errno.EPERM, Errno.EOPNOTSUPP)) {
                throw e;
            }
        }
    }
}
