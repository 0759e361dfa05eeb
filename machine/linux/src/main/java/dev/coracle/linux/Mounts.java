package dev.coracle.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Mounts in the mount namespace of the calling thread. The target must exist.
public final class Mounts {
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;

    private Mounts() {}

    /// Mounts a file system.
    ///
    /// @param data the file system's own options, separated by commas; at most a page
    public static void mount(String source, Path target, String type, Set<MountFlag> flags, String data)
            throws ErrnoException {
        mount(source, target, type, MountFlag.bits(flags), data);
    }

    /// Mounts with another working directory, so that paths in the data may be relative to it and
    /// short: data ends at a page, which the paths of many layers of an overlay would exceed. The
    /// working directory belongs to the whole process unless a thread asks for its own; this runs
    /// on such a thread.
    public static void mountFrom(
            Path directory, String source, Path target, String type, Set<MountFlag> flags, String data)
            throws ErrnoException, InterruptedException {
        onThread(() -> {
            Namespaces.unshareFileSystemContext();
            Self.changeDirectory(directory);
            mount(source, target, type, flags, data);
        });
    }

    /// Mounts version 2 of the control groups. Only the owner of the control group namespace may, so this runs on a
    /// thread that makes itself one; what is seen below the target is the part of the hierarchy that we are in.
    public static void mountControlGroups(Path target) throws ErrnoException, InterruptedException {
        onThread(() -> {
            Namespaces.unshare(Set.of(Namespace.CGROUP));
            mount("cgroup2", target, "cgroup2", Set.of(), "");
        });
    }

    private interface Work {
        void run() throws ErrnoException;
    }

    private static void onThread(Work work) throws ErrnoException, InterruptedException {
        var failure = new AtomicReference<@Nullable ErrnoException>();
        var thread = Thread.ofPlatform().name("mount").start(() -> {
            try {
                work.run();
            } catch (ErrnoException e) {
                failure.set(e);
            }
        });
        thread.join();
        var thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
    }

    private static void mount(String source, Path target, String type, long flags, String data) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Sys.MOUNT,
                    type.isEmpty() ? source + " on " + target : type + " on " + target,
                    Native.string(arena, source),
                    Native.string(arena, FileName.of(target)),
                    type.isEmpty() ? 0 : Native.string(arena, type),
                    flags,
                    data.isEmpty() ? 0 : Native.string(arena, data));
        }
    }

    /// Makes one tree visible at a second place, with the mounts below it or without.
    public static void bind(Path source, Path target, boolean recursive) throws ErrnoException {
        var flags = EnumSet.of(MountFlag.BIND);
        if (recursive) {
            flags.add(MountFlag.RECURSIVE);
        }
        mount(source.toString(), target, "", flags, "");
    }

    /// Changes the flags of a bind mount; inside a user namespace the flags it was inherited with must be repeated.
    public static void remountBind(Path target, Set<MountFlag> flags) throws ErrnoException {
        var all = EnumSet.of(MountFlag.REMOUNT, MountFlag.BIND);
        all.addAll(flags);
        mount("none", target, "", all, "");
    }

    public static void move(Path source, Path target) throws ErrnoException {
        mount(source.toString(), target, "", Set.of(MountFlag.MOVE), "");
    }

    public static void propagate(Path target, Propagation propagation) throws ErrnoException {
        mount("none", target, "", propagation.bits(), "");
    }

    /// Unmounts; detached, the tree leaves the name space at once and the file system when it is no longer used.
    public static void unmount(Path target, boolean detach) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Sys.UMOUNT2,
                    target,
                    Native.string(arena, FileName.of(target)),
                    UMOUNT_NOFOLLOW | (detach ? MNT_DETACH : 0));
        }
    }

    /// The mounts the calling thread sees, in mount order.
    public static List<MountInfo> list() throws IOException {
        return list(Path.of("/proc/thread-self/mountinfo"));
    }

    public static List<MountInfo> list(Path mountinfo) throws IOException {
        // file names may hold any byte; Latin-1 keeps each one
        var text = new String(Files.readAllBytes(mountinfo), StandardCharsets.ISO_8859_1);
        return text.lines().map(MountInfo::parse).toList();
    }
}
