package dev.coracle.userns;

import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.Inotify;
import dev.coracle.linux.Inotify.Change;
import dev.coracle.linux.Poller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Shows inside a copied-up directory ([CopyUp]) what the host adds to the original afterwards, and takes away what the
/// host removes. Runs outside, where the host's directory can be watched; the one inside is written to through the
/// process that lives there.
///
/// Names belong to whoever is inside as soon as they have been there: one that was removed or replaced inside is not
/// made again, and only links of ours are taken away.
public final class HostNames implements AutoCloseable {
    private static final Set<Change> CHANGES =
            Set.of(Change.CREATED, Change.MOVED_TO, Change.DELETED, Change.MOVED_FROM);

    private final Poller poller;
    private final Inotify inotify;
    private final List<Copy> copies;
    private final Consumer<String> complain;

    /// A directory on both sides.
    ///
    /// @param original the name inside under which the host's directory lies
    /// @param known names that have been shown
    record Copy(Path path, Directory host, Directory inside, FileName original, Set<FileName> known) {}

    private HostNames(Poller poller, Inotify inotify, List<Copy> copies, Consumer<String> complain) {
        this.poller = poller;
        this.inotify = inotify;
        this.copies = List.copyOf(copies);
        this.complain = complain;
    }

    /// @param pid a process that sees the copies, before it does anything with them
    /// @param complain what to do with the reason why a name could not be shown
    public static HostNames follow(Poller poller, long pid, List<Path> directories, Consumer<String> complain)
            throws IOException {
        var copies = new ArrayList<Copy>();
        for (var path : directories) {
            var inside = Directory.open(Path.of("/proc", Long.toString(pid), "root")
                    .resolve(path.toString().substring(1)));
            copies.add(new Copy(path, Directory.open(path), inside, original(inside), new HashSet<>(inside.list())));
        }
        return follow(poller, copies, complain);
    }

    static HostNames follow(Poller poller, List<Copy> copies, Consumer<String> complain) throws IOException {
        var names = new HostNames(poller, Inotify.open(), copies, complain);
        for (var copy : copies) {
            names.inotify.watch(copy.path, CHANGES);
        }
        // what came between the copy and the watch
        poller.execute(names::compare);
        poller.onReadable(names.inotify.fd(), names::changed);
        return names;
    }

    private static FileName original(Directory inside) throws IOException {
        for (var entry : inside.entries(Set.of(FileStatus.Type.DIRECTORY))) {
            if (entry.name().toString().startsWith(CopyUp.ORIGINAL)) {
                return entry.name();
            }
        }
        throw new IOException("find the original of a copied-up directory: it is gone");
    }

    private void changed() throws ErrnoException {
        // which name it was does not matter: one event often undoes another
        inotify.read();
        compare();
    }

    private void compare() {
        for (var copy : copies) {
            try {
                compare(copy);
            } catch (IOException failure) {
                complain.accept("show new names in " + copy.path + ": " + failure.getMessage());
            }
        }
    }

    private static void compare(Copy copy) throws ErrnoException {
        var there = new HashSet<FileName>();
        for (var entry : copy.host.entries()) {
            there.add(entry.name());
            if (copy.known.add(entry.name())) {
                show(copy, entry);
            }
        }
        for (var name : List.copyOf(copy.known)) {
            if (!there.contains(name) && isOurs(copy, name)) {
                copy.inside.removeFile(name);
                copy.known.remove(name);
            }
        }
    }

    private static void show(Copy copy, Directory.Entry entry) throws ErrnoException {
        try {
            copy.inside.makeSymlink(
                    entry.name(),
                    entry.type() == FileStatus.Type.SYMLINK
                            ? copy.host.readSymlink(entry.name())
                            : copy.original.resolve(entry.name()));
        } catch (ErrnoException failure) {
            // it is there by now, or no longer on the host
            if (!failure.is(Errno.EEXIST, Errno.ENOENT, Errno.EINVAL)) {
                throw failure;
            }
        }
    }

    /// Whether it leads to the original; a link that was copied as it was is left, because somebody inside may have
    /// made
    /// it.
    private static boolean isOurs(Copy copy, FileName name) throws ErrnoException {
        try {
            return copy.inside.readSymlink(name).equals(copy.original.resolve(name));
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOENT, Errno.EINVAL)) {
                return false;
            }
            throw failure;
        }
    }

    /// On the poller's thread, which may be reading.
    @Override
    public void close() {
        poller.execute(() -> {
            poller.remove(inotify.fd());
            inotify.close();
            for (var copy : copies) {
                copy.host.close();
                copy.inside.close();
            }
        });
    }
}
