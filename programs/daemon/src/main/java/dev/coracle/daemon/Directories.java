package dev.coracle.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/// The daemon's two directories: `root` for what is kept (0700) and `state` for what goes with a
/// reboot (0711, so that containers with other ids may pass through it). The root is held by a
/// lock for as long as the daemon lives.
final class Directories implements AutoCloseable {
    private final Path root;
    private final FileChannel lock;

    private Directories(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /// @throws StartException when a directory cannot be made, or another daemon has the root
    static Directories open(Path root, Path state) throws StartException {
        if (root.equals(state)) {
            throw new StartException("root and state are both " + root, "give them different directories");
        }
        make(root, "root", "rwx------");
        make(state, "state", "rwx--x--x");
        return new Directories(root, lock(root));
    }

    private static void make(Path directory, String what, String mode) throws StartException {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw new StartException(
                    "make the " + what + " directory " + directory + ": " + reason(e),
                    "choose another one with --" + what
                            + " or in the configuration, or start the daemon by rootlesskit",
                    e);
        }
    }

    private static FileChannel lock(Path root) throws StartException {
        var file = root.resolve("daemon.lock");
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StartException("lock " + file + ": " + reason(e), "", e);
        }
        if (isLocked(channel, file)) {
            return channel;
        }
        throw new StartException(
                "lock " + file + ": another daemon uses the root directory " + root,
                "stop that daemon, or choose another directory with --root");
    }

    private static boolean isLocked(FileChannel channel, Path file) throws StartException {
        try {
            if (channel.tryLock() != null) {
                return true;
            }
            channel.close();
            return false;
        } catch (OverlappingFileLockException _) {
            return false; // a daemon in this very JVM
        } catch (IOException e) {
            throw new StartException("lock " + file + ": " + reason(e), "", e);
        }
    }

    /// The id that stays over restarts, made at the first start.
    String uuid() throws StartException {
        var file = root.resolve("io.containerd.grpc.v1.introspection").resolve("uuid");
        try {
            if (Files.exists(file)) {
                var known = Files.readString(file).strip();
                if (!known.isEmpty()) {
                    return known;
                }
            }
            var fresh = UUID.randomUUID().toString();
            Files.createDirectories(root.resolve("io.containerd.grpc.v1.introspection"));
            var half = root.resolve("io.containerd.grpc.v1.introspection").resolve("uuid.new");
            Files.writeString(half, fresh);
            Files.move(half, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            return fresh;
        } catch (IOException e) {
            throw new StartException("keep the daemon's id in " + file + ": " + reason(e), "", e);
        }
    }

    static String reason(IOException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case java.nio.file.FileSystemException e
            when e.getReason() != null -> e.getReason().toLowerCase(java.util.Locale.ROOT);
            default -> String.valueOf(failure.getMessage());
        };
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
