package dev.coracle.userns;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Inotify;
import dev.coracle.linux.Inotify.Change;
import dev.coracle.linux.Poller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Tells when the host's resolv.conf or hosts changes, also by a program that replaces what a link leads to.
public final class HostFiles implements AutoCloseable {
    private static final Set<Change> CHANGES =
            Set.of(Change.WRITTEN, Change.MOVED_TO, Change.CREATED, Change.DELETED, Change.MOVED_FROM);

    private final Poller poller;
    private final Inotify inotify;
    private final List<Path> files;
    private final Set<Path> watched = new TreeSet<>();

    private HostFiles(Poller poller, Inotify inotify, List<Path> files) {
        this.poller = poller;
        this.inotify = inotify;
        this.files = List.copyOf(files);
    }

    /// Keeps the copies in a state directory as the host's files are, from now on.
    ///
    /// @param complain what to do with the reason why it could not be done
    public static HostFiles follow(
            Poller poller, NetworkFiles copies, List<String> dns, String hostName, Consumer<String> complain)
            throws IOException {
        return watch(poller, List.of(Path.of("/etc/resolv.conf"), Path.of("/etc/hosts")), () -> {
            try {
                copies.write(dns, hostName);
            } catch (IOException failure) {
                complain.accept("refresh resolv.conf and hosts: " + failure.getMessage());
            }
        });
    }

    static HostFiles watch(Poller poller, List<Path> files, Runnable changed) throws ErrnoException {
        var follower = new HostFiles(poller, Inotify.open(), files);
        follower.watchDirectories();
        poller.onReadable(follower.inotify.fd(), () -> {
            var names = follower.names();
            if (follower.inotify.read().stream()
                    .anyMatch(event -> event.isOverflow() || names.contains(event.name()))) {
                follower.watchDirectories();
                changed.run();
            }
        });
        return follower;
    }

    /// The directories of the files and of what links lead to.
    private void watchDirectories() throws ErrnoException {
        for (var file : files) {
            watch(directory(file));
            watch(directory(target(file)));
        }
    }

    private void watch(Path directory) throws ErrnoException {
        if (Files.isDirectory(directory) && watched.add(directory)) {
            inotify.watch(directory, CHANGES);
        }
    }

    private static Path directory(Path file) {
        return Objects.requireNonNull(file.getParent(), "a file is in a directory");
    }

    private static Path target(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException missing) {
            return file;
        }
    }

    private Set<String> names() {
        var names = new TreeSet<String>();
        for (var file : files) {
            names.add(String.valueOf(file.getFileName()));
            names.add(String.valueOf(target(file).getFileName()));
        }
        return names;
    }

    /// On the poller's thread, which may be reading.
    @Override
    public void close() {
        poller.execute(() -> {
            poller.remove(inotify.fd());
            inotify.close();
        });
    }
}
