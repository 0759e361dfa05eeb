package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An open directory; everything is done relative to it, so nobody can swap a parent under our feet.
///
/// Names given to the changing operations must be single names ([FileName#isSingle()]) and are never followed when they
/// are symbolic links. Paths from images are resolved by [RootedPath].
public final class Directory implements AutoCloseable {
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final long UTIME_OMIT = (1L << 30) - 2;
    private static final int S_IFIFO = 0x1000;
    private static final int SHORT_TARGET = 200;
    private static final int LONGEST_TARGET = 4096;

    private final Fd fd;

    private Directory(Fd fd) {
        this.fd = fd;
    }

    /// Takes over a descriptor of a directory.
    public static Directory adopt(Fd fd) {
        return new Directory(fd);
    }

    public static Directory open(Path path) throws ErrnoException {
        return new Directory(Fd.open(path, Set.of(OpenFlag.DIRECTORY), 0));
    }

    public Fd fd() {
        return fd;
    }

    /// Opens a directory in this one; a symbolic link is refused.
    public Directory openDirectory(FileName name) throws ErrnoException {
        return new Directory(open(name, Set.of(OpenFlag.DIRECTORY), 0));
    }

    /// Opens a file in this directory; a symbolic link is refused (or, with `PATH_ONLY`, is what is opened).
    public Fd open(FileName name, Set<OpenFlag> flags, int mode) throws ErrnoException {
        single(name);
        var all = EnumSet.of(OpenFlag.NO_FOLLOW);
        all.addAll(flags);
        try (var arena = Arena.ofConfined()) {
            return Fd.adopt(
                    Native.call(Sys.OPENAT, name, fd.number(), Native.string(arena, name), OpenFlag.bits(all), mode));
        }
    }

    public void makeDirectory(FileName name, int mode) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.MKDIRAT, name, fd.number(), Native.string(arena, name), mode);
        }
    }

    /// Makes a symbolic link; the target is kept byte for byte.
    public void makeSymlink(FileName name, FileName target) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.SYMLINKAT, name, Native.string(arena, target), fd.number(), Native.string(arena, name));
        }
    }

    /// Makes `name` here a hard link to `existing` in another directory.
    public void makeLink(FileName name, Directory directory, FileName existing) throws ErrnoException {
        single(name);
        single(existing);
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Sys.LINKAT,
                    name,
                    directory.fd.number(),
                    Native.string(arena, existing),
                    fd.number(),
                    Native.string(arena, name),
                    0);
        }
    }

    /// Gives a name to an open file, for instance one opened with `TEMPORARY`.
    public void makeLink(FileName name, Fd file) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Sys.LINKAT,
                    name,
                    Fd.AT_FDCWD,
                    Native.string(arena, file.procPath().toString()),
                    fd.number(),
                    Native.string(arena, name),
                    AT_SYMLINK_FOLLOW);
        }
    }

    /// Makes a device node, with the type in the mode.
    public void makeNode(FileName name, int mode, Device device) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.MKNODAT, name, fd.number(), Native.string(arena, name), mode, device.number());
        }
    }

    public void makeFifo(FileName name, int mode) throws ErrnoException {
        makeNode(name, S_IFIFO | mode, new Device(0, 0));
    }

    public void removeFile(FileName name) throws ErrnoException {
        remove(name, 0);
    }

    public void removeDirectory(FileName name) throws ErrnoException {
        remove(name, AT_REMOVEDIR);
    }

    private void remove(FileName name, int flags) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.UNLINKAT, name, fd.number(), Native.string(arena, name), flags);
        }
    }

    /// Removes whatever has this name, with all below it; it need not exist.
    public void removeTree(FileName name) throws ErrnoException {
        single(name);
        TreeRemoval.remove(this, name);
    }

    /// What a rename does when the new name exists.
    public enum Rename {
        REPLACE(0),
        REFUSE(1),
        EXCHANGE(2);

        private final int bits;

        Rename(int bits) {
            this.bits = bits;
        }
    }

    public void rename(FileName name, Directory directory, FileName to, Rename how) throws ErrnoException {
        single(name);
        single(to);
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Sys.RENAMEAT2,
                    name + " to " + to,
                    fd.number(),
                    Native.string(arena, name),
                    directory.fd.number(),
                    Native.string(arena, to),
                    how.bits);
        }
    }

    public FileStatus status() throws ErrnoException {
        return FileStatus.of(fd.number(), null);
    }

    public FileStatus status(FileName name) throws ErrnoException {
        single(name);
        return FileStatus.of(fd.number(), name);
    }

    public Optional<FileStatus> find(FileName name) throws ErrnoException {
        try {
            return Optional.of(status(name));
        } catch (ErrnoException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    public FileName readSymlink(FileName name) throws ErrnoException {
        single(name);
        var target = readSymlink(name, SHORT_TARGET);
        // filled, so there may be more
        return target.length < SHORT_TARGET ? FileName.of(target) : FileName.of(readSymlink(name, LONGEST_TARGET));
    }

    private byte[] readSymlink(FileName name, int room) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = Native.room(arena, room);
            var length =
                    Native.call(Sys.READLINKAT, name, fd.number(), Native.string(arena, name), buffer.address(), room);
            return NativeData.bytes(buffer, 0, length);
        }
    }

    /// A name and what it is.
    public record Entry(FileName name, FileStatus.Type type) {}

    /// The names in this directory without `.` and `..`, in the kernel's order.
    public List<FileName> list() throws ErrnoException {
        return entries().stream().map(Entry::name).toList();
    }

    /// The entries of this directory without `.` and `..`, in the kernel's order.
    public List<Entry> entries() throws ErrnoException {
        return entries(EnumSet.allOf(FileStatus.Type.class));
    }

    /// The entries of these types.
    public List<Entry> entries(Set<FileStatus.Type> types) throws ErrnoException {
        try (var arena = Arena.ofConfined();
                // a descriptor of its own, because the position of a listing belongs to the open file
                var listing = Fd.adopt(Native.call(
                        Sys.OPENAT,
                        this,
                        fd.number(),
                        Native.string(arena, "."),
                        OpenFlag.bits(Set.of(OpenFlag.DIRECTORY))))) {
            var entries = new ArrayList<Entry>();
            var buffer = Native.room(arena, 1 << 15);
            while (true) {
                var length = Native.call(Sys.GETDENTS64, this, listing.number(), buffer.address(), buffer.byteSize());
                if (length == 0) {
                    return List.copyOf(entries);
                }
                collect(NativeData.bytes(buffer, 0, length), types, entries);
            }
        }
    }

    private void collect(byte[] listed, Set<FileStatus.Type> types, List<Entry> entries) throws ErrnoException {
        for (var at = 0; at < listed.length; at += (listed[at + 16] & 0xff) | (listed[at + 17] & 0xff) << 8) {
            var kind = listed[at + 18];
            // some file systems leave the type out of their listings
            if (kind != 0 && !types.contains(FileStatus.type(kind << 12))) {
                continue;
            }
            var name = FileName.terminated(listed, at + 19);
            if (name.isSingle()) {
                var type = kind == 0 ? status(name).type() : FileStatus.type(kind << 12);
                if (types.contains(type)) {
                    entries.add(new Entry(name, type));
                }
            }
        }
    }

    /// Changes owner and group; -1 leaves one as it is.
    public void changeOwner(FileName name, long owner, long group) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.FCHOWNAT, name, fd.number(), Native.string(arena, name), owner, group, AT_SYMLINK_NOFOLLOW);
        }
    }

    /// Changes owner and group of this directory itself.
    public void changeOwner(long owner, long group) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.FCHOWNAT, fd, fd.number(), Native.string(arena, ""), owner, group, AT_EMPTY_PATH);
        }
    }

    /// Changes the permission bits. A symbolic link has none: the kernel's refusal is passed on.
    public void changeMode(FileName name, int permissions) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            var result = Native.raw(
                    Sys.FCHMODAT2, fd.number(), Native.string(arena, name), permissions, AT_SYMLINK_NOFOLLOW);
            if (result == 0) {
                return;
            }
            if (result != -Errno.ENOSYS.number()) {
                throw new ErrnoException((int) -result, "fchmodat2", name.toString());
            }
            // before Linux 6.6: the link in /proc leads to the very file opened
            try (var file = open(name, Set.of(OpenFlag.PATH_ONLY), 0)) {
                var path = Native.string(arena, file.procPath().toString());
                Native.call(Sys.FCHMODAT, name, Fd.AT_FDCWD, path, permissions);
            }
        }
    }

    public void changeMode(int permissions) throws ErrnoException {
        Native.call(Sys.FCHMOD, fd, fd.number(), permissions);
    }

    /// Sets the times of a name, to the nanosecond; null leaves one as it is.
    public void setTimes(FileName name, @Nullable Instant accessed, @Nullable Instant modified) throws ErrnoException {
        single(name);
        try (var arena = Arena.ofConfined()) {
            times(Native.string(arena, name), arena, accessed, modified, AT_SYMLINK_NOFOLLOW);
        }
    }

    /// Sets the times of this directory itself.
    public void setTimes(@Nullable Instant accessed, @Nullable Instant modified) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            times(0, arena, accessed, modified, 0);
        }
    }

    private void times(long path, Arena arena, @Nullable Instant accessed, @Nullable Instant modified, int flags)
            throws ErrnoException {
        Native.call(Sys.UTIMENSAT, fd, fd.number(), path, times(arena, accessed, modified), flags);
    }

    /// The address of both times as the kernel takes them.
    static long times(Arena arena, @Nullable Instant accessed, @Nullable Instant modified) {
        var times = arena.allocate(32, 8);
        time(times, 0, accessed);
        time(times, 16, modified);
        return times.address();
    }

    private static void time(MemorySegment at, long offset, @Nullable Instant time) {
        NativeData.setLong(at, offset, time == null ? 0 : time.getEpochSecond());
        NativeData.setLong(at, offset + 8, time == null ? UTIME_OMIT : time.getNano());
    }

    /// Makes the entries of this directory durable.
    public void sync() throws ErrnoException {
        fd.sync();
    }

    private static void single(FileName name) {
        if (!name.isSingle()) {
            throw new IllegalArgumentException("not a single file name: " + name);
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "directory " + fd;
    }
}
