package dev.coracle.linux;

import java.util.Set;

/// Moves the calling thread, and only it, into other namespaces. Threads, child processes and executors started from it
/// afterwards inherit them, so this is done on a thread of its own ([NetnsThread]) or right before [Self#execute].
public final class Namespaces {
    private static final int CLONE_FS = 0x200;

    private Namespaces() {}

    public static void unshare(Set<Namespace> namespaces) throws ErrnoException {
        requireOwnThread();
        var bits = 0L;
        for (var namespace : namespaces) {
            bits |= namespace.bit();
        }
        Native.call(Sys.UNSHARE, namespaces, bits);
    }

    /// Gives the thread its own root, working directory and umask; the kernel asks for this before it lets one thread
    /// of
    /// many enter another mount namespace.
    public static void unshareFileSystemContext() throws ErrnoException {
        requireOwnThread();
        Native.call(Sys.UNSHARE, "file system context", CLONE_FS);
    }

    /// Enters the namespace a file of `/proc/PID/ns`, a bind mount of one, or a pidfd refers to.
    public static void enter(Fd namespace, Namespace kind) throws ErrnoException {
        requireOwnThread();
        Native.call(Sys.SETNS, kind.file(), namespace.number(), kind.bit());
    }

    /// A virtual thread would leave its carrier, and all that run on it later, in the namespace.
    private static void requireOwnThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread must not change its namespaces");
        }
    }
}
