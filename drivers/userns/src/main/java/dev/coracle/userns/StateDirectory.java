package dev.coracle.userns;

import dev.coracle.linux.Directory;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileData;
import dev.coracle.linux.FileName;
import dev.coracle.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;

/// The directory others find us by: `child_pid`, `netns`, and the files of the network. One rootlesskit owns it at a
/// time;
/// when it ends the directory goes.
public final class StateDirectory implements AutoCloseable {
    private static final FileName LOCK = FileName.of("lock");
    private static final Set<String> OURS = Set.of(
            "lock",
            "child_pid",
            "api.sock",
            "netns",
            "resolv.conf",
            "hosts",
            "pasta.pid",
            ".s4nn.sock",
            ".bp.sock",
            ".bp-ready.pipe",
            ".child_pid.new");

    private final Path path;
    private final Directory directory;
    private final Fd lock;

    private StateDirectory(Path path, Directory directory, Fd lock) {
        this.path = path;
        this.directory = directory;
        this.lock = lock;
    }

    /// Makes one below the directory for temporary files.
    public static StateDirectory temporary(Path parent) throws IOException {
        return open(FreshDirectory.create(parent, "rootlesskit"));
    }

    /// Makes or takes over one; what an earlier run left in it is removed.
    public static StateDirectory open(Path path) throws IOException {
        try {
            Files.createDirectories(path);
        } catch (IOException failure) {
            throw new UsernsException(
                    "creating a state directory: " + path + ": " + failure.getMessage(), null, failure);
        }
        var directory = Directory.open(path);
        try {
            refuseForeign(path, directory);
            // shared, against programs that tidy up temporary files
            FileData.tryLock(directory.fd(), true);
            var lock = directory.open(LOCK, Set.of(OpenFlag.READ_WRITE, OpenFlag.CREATE), 0600);
            if (!FileData.tryLock(lock, false)) {
                lock.close();
                throw new UsernsException("failed to lock " + path.resolve("lock")
                        + ", another RootlessKit is running with the same state directory?");
            }
            var state = new StateDirectory(path, directory, lock);
            state.empty();
            return state;
        } catch (IOException failure) {
            directory.close();
            throw failure;
        }
    }

    /// Everything in the directory will be removed: refuse to do that to somebody's home.
    private static void refuseForeign(Path path, Directory directory) throws IOException {
        var names = directory.list();
        if (names.contains(LOCK)) {
            return;
        }
        for (var name : names) {
            if (!OURS.contains(name.toString())) {
                throw new UsernsException(
                        "use state directory " + path + ": it holds " + name + ", which is not ours",
                        "give an empty directory or one that does not exist");
            }
        }
    }

    private void empty() throws ErrnoException {
        for (var name : directory.list()) {
            if (!name.equals(LOCK)) {
                directory.removeTree(name);
            }
        }
    }

    public Path path() {
        return path;
    }

    /// Publishes the pid to enter; whoever sees the file sees it whole.
    public void writeChildPid(long pid) throws IOException {
        var fresh = path.resolve(".child_pid.new");
        Files.writeString(fresh, Long.toString(pid));
        directory.changeMode(FileName.of(".child_pid.new"), 0444);
        Files.move(fresh, path.resolve("child_pid"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        try {
            empty();
            // last, so that a second rootlesskit never finds the directory unlocked and half empty
            directory.removeFile(LOCK);
            Files.delete(path);
        } finally {
            lock.close();
            directory.close();
        }
    }
}
