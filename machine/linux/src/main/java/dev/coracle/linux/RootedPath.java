package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.util.Set;

/// Resolves untrusted paths below one directory: absolute names, `..` and symbolic links cannot lead out of it.
///
/// Resolution is the kernel's own (openat2), so there is no window between looking and using. The parent and the last
/// name are resolved apart because changing operations work on a name in an open [Directory].
public final class RootedPath {
    private static final int RESOLVE_NO_MAGIC_LINKS = 0x2;
    private static final int RESOLVE_NO_SYMLINKS = 0x4;
    private static final int RESOLVE_BENEATH = 0x8;
    private static final int RESOLVE_IN_ROOT = 0x10;
    private static final int ATTEMPTS = 128;

    /// What happens to a path that would leave the root.
    public enum Escape {
        /// The root is `/` for the path, as after chroot: nothing leaves.
        STAYS_INSIDE(RESOLVE_IN_ROOT),
        /// Leaving is an error (EXDEV), and so is an absolute path or link.
        IS_REFUSED(RESOLVE_BENEATH),
        /// As before, and a symbolic link anywhere on the way is an error (ELOOP): the path is its
        /// own canonical name.
        LINKS_ARE_REFUSED(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);

        private final int bits;

        Escape(int bits) {
            this.bits = bits;
        }
    }

    private final Directory root;
    private final Escape escape;

    /// The root stays the caller's to close.
    public RootedPath(Directory root, Escape escape) {
        this.root = root;
        this.escape = escape;
    }

    /// Opens what the path names, following links inside the root unless `NO_FOLLOW` is given.
    public Fd open(FileName path, Set<OpenFlag> flags, int mode) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var how = arena.allocate(24, 8);
            how.set(JAVA_LONG, 0, OpenFlag.bits(flags));
            how.set(JAVA_LONG, 8, flags.contains(OpenFlag.CREATE) || flags.contains(OpenFlag.TEMPORARY) ? mode : 0);
            how.set(JAVA_LONG, 16, escape.bits | RESOLVE_NO_MAGIC_LINKS);
            var name = Native.string(arena, path);
            for (var attempt = 1; ; attempt++) {
                var result = Native.raw(Sys.OPENAT2, root.fd().number(), name, how.address(), how.byteSize());
                if (result >= 0) {
                    return Fd.adopt(result);
                }
                // the kernel cannot be sure that .. stayed inside while something else was renamed, and asks to try
                // again
                var again = result == -Errno.EAGAIN.number() || result == -Errno.EINTR.number();
                if (!again || attempt == ATTEMPTS) {
                    throw new ErrnoException((int) -result, "openat2", path.toString());
                }
            }
        }
    }

    /// Opens the directory the path names.
    public Directory openDirectory(FileName path) throws ErrnoException {
        return Directory.adopt(open(path, Set.of(OpenFlag.DIRECTORY), 0));
    }

    /// Opens the directory that holds the path's last name, which need not exist. `..` as last name is refused.
    public Directory openParent(FileName path) throws ErrnoException {
        var segments = path.segments();
        if (segments.isEmpty() || !segments.getLast().isSingle()) {
            throw new ErrnoException(Errno.EINVAL, "openat2", path.toString());
        }
        return segments.size() == 1 ? openDirectory(FileName.HERE) : openDirectory(join(segments));
    }

    private static FileName join(java.util.List<FileName> segments) {
        var path = segments.getFirst();
        for (var segment : segments.subList(1, segments.size() - 1)) {
            path = path.resolve(segment);
        }
        return path;
    }

    /// The last name of a path, to be used in [#openParent].
    public static FileName last(FileName path) {
        return path.segments().getLast();
    }
}
