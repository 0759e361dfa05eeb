package dev.coracle.userns;

import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Makes a directory of the host writable inside, without changing the host: a tmpfs takes its place and holds links to
/// the original's entries, which stay reachable below a hidden name.
///
/// Links rather than copies or an overlay, because the host replaces files like resolv.conf while
/// we run and the new content must be seen. The price is that an entry lies one level deeper than
/// it seems: a directory whose own links climb out of the tree is therefore made anew, with its
/// links as they were.
public final class CopyUp {
    /// How the hidden name of the original begins.
    static final String ORIGINAL = ".ro";

    private static final Path SCRATCH_PARENT = Path.of("/tmp");
    private static final Set<FileStatus.Type> LINKS = EnumSet.of(FileStatus.Type.SYMLINK);

    private CopyUp() {}

    /// @param directories absolute paths
    public static void perform(List<Path> directories) throws IOException {
        if (directories.isEmpty()) {
            return;
        }
        // outside of all that is copied up, because the new one is made there
        var scratch = FreshDirectory.create(SCRATCH_PARENT, "rootlesskit-b");
        try {
            for (var directory : directories) {
                perform(directory, scratch);
            }
        } finally {
            Files.delete(scratch);
        }
    }

    /// Nobody sees it half made: it is finished elsewhere and takes the directory's place in one step.
    private static void perform(Path directory, Path scratch) throws IOException {
        try {
            Mounts.mount("none", scratch, "tmpfs", Set.of(), "mode=0755");
        } catch (IOException failure) {
            throw new UsernsException("failed to mount tmpfs on " + directory + ": " + why(failure), null, failure);
        }
        try {
            fill(scratch, directory);
            Mounts.move(scratch, directory);
        } catch (IOException failure) {
            Mounts.unmount(scratch, true);
            throw failure;
        }
    }

    private static void fill(Path scratch, Path directory) throws IOException {
        var original = FreshDirectory.create(scratch, ORIGINAL);
        try {
            // with what is mounted below: the kernel has locked those mounts to their parent
            Mounts.bind(directory, original, true);
        } catch (IOException failure) {
            throw new UsernsException(
                    "failed to create bind mount on " + directory + ": " + why(failure), null, failure);
        }
        try (var here = Directory.open(scratch);
                var there = Directory.open(original)) {
            mirror(here, there, FileName.of(original.getFileName()));
        }
    }

    private static String why(IOException failure) {
        return failure instanceof ErrnoException errno ? errno.errno().text() : String.valueOf(failure.getMessage());
    }

    private static void mirror(Directory here, Directory there, FileName original) throws IOException {
        for (var entry : there.entries()) {
            var name = entry.name();
            switch (entry.type()) {
                case SYMLINK -> here.makeSymlink(name, there.readSymlink(name));
                case DIRECTORY -> directory(here, there, name, original);
                default -> here.makeSymlink(name, original.resolve(name));
            }
        }
    }

    private static void directory(Directory here, Directory there, FileName name, FileName original)
            throws IOException {
        if (!climbs(there, name)) {
            here.makeSymlink(name, original.resolve(name));
            return;
        }
        var below = FileName.of("..").resolve(original).resolve(name);
        here.makeDirectory(name, 0755);
        try (var inside = here.openDirectory(name);
                var outside = there.openDirectory(name)) {
            for (var entry : outside.entries()) {
                inside.makeSymlink(
                        entry.name(),
                        entry.type() == FileStatus.Type.SYMLINK
                                ? outside.readSymlink(entry.name())
                                : below.resolve(entry.name()));
            }
        }
    }

    /// Whether one of a directory's links climbs out of the tree, which it would miss by a level.
    private static boolean climbs(Directory there, FileName name) throws IOException {
        try (var inner = there.openDirectory(name)) {
            for (var link : inner.entries(LINKS)) {
                if (climbs(inner.readSymlink(link.name()))) {
                    return true;
                }
            }
            return false;
        } catch (ErrnoException failure) {
            if (failure.is(Errno.EACCES)) {
                // a directory we may not read, such as /etc/ssl/private's kind, is linked as it is
                return false;
            }
            throw failure;
        }
    }

    /// From one level below the tree, two steps up are outside of it.
    static boolean climbs(FileName target) {
        // what most links say, before taking them apart
        if (target.isAbsolute() || target.isSingle()) {
            return false;
        }
        var depth = 1;
        for (var segment : target.segments()) {
            depth += segment.isSingle() ? 1 : -1;
            if (depth < 0) {
                return true;
            }
        }
        return false;
    }
}
