package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Extended attributes of names in an open directory (never following a symbolic link) and of open files.
public final class Xattrs {
    private static final int LARGEST = 1 << 16;

    private Xattrs() {}

    public static void set(Directory directory, FileName name, String attribute, byte[] value) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var memory = Native.bytes(arena, value);
            Native.call(
                    Sys.LSETXATTR,
                    name + " " + attribute,
                    path(arena, directory, name),
                    Native.string(arena, attribute),
                    memory.address(),
                    value.length);
        }
    }

    public static void set(Fd file, String attribute, byte[] value) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var memory = Native.bytes(arena, value);
            Native.call(
                    Sys.FSETXATTR,
                    file + " " + attribute,
                    file.number(),
                    Native.string(arena, attribute),
                    memory.address(),
                    value.length);
        }
    }

    public static Optional<byte[]> find(Directory directory, FileName name, String attribute) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            return value(Sys.LGETXATTR, name + " " + attribute, path(arena, directory, name), attribute, arena);
        }
    }

    public static Optional<byte[]> find(Fd file, String attribute) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            return value(Sys.FGETXATTR, file + " " + attribute, file.number(), attribute, arena);
        }
    }

    private static Optional<byte[]> value(Sys sys, Object what, long file, String attribute, Arena arena)
            throws ErrnoException {
        var buffer = Native.room(arena, LARGEST);
        var name = Native.string(arena, attribute);
        var length = Native.raw(sys, file, name, buffer.address(), LARGEST);
        if (length == -Errno.ENODATA.number()) {
            return Optional.empty();
        }
        if (length < 0) {
            throw new ErrnoException((int) -length, sys.call(), what.toString());
        }
        return Optional.of(NativeData.bytes(buffer, 0, length));
    }

    public static List<String> list(Directory directory, FileName name) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            return names(Sys.LLISTXATTR, name, path(arena, directory, name), arena);
        }
    }

    public static List<String> list(Fd file) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            return names(Sys.FLISTXATTR, file, file.number(), arena);
        }
    }

    private static List<String> names(Sys sys, Object what, long file, Arena arena) throws ErrnoException {
        var buffer = Native.room(arena, LARGEST);
        var length = Native.call(sys, what, file, buffer.address(), LARGEST);
        var names = new ArrayList<String>();
        for (var at = 0L; at < length; ) {
            var name = NativeData.terminated(buffer, at);
            names.add(new String(name, java.nio.charset.StandardCharsets.UTF_8));
            at += name.length + 1L;
        }
        return List.copyOf(names);
    }

    public static void remove(Directory directory, FileName name, String attribute) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Sys.LREMOVEXATTR,
                    name + " " + attribute,
                    path(arena, directory, name),
                    Native.string(arena, attribute));
        }
    }

    public static void remove(Fd file, String attribute) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.FREMOVEXATTR, file + " " + attribute, file.number(), Native.string(arena, attribute));
        }
    }

    /// There are no fd-relative calls for attributes of a name before Linux 6.13; the link in /proc leads to the very
    /// directory opened, and `l…` calls do not follow the last name.
    private static long path(Arena arena, Directory directory, FileName name) {
        if (!name.isSingle()) {
            throw new IllegalArgumentException("not a single file name: " + name);
        }
        return Native.string(arena, FileName.of(directory.fd().procPath()).resolve(name));
    }
}
