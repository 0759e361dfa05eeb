package dev.coracle.daemon;

import dev.coracle.daemon.DaemonConfig.SocketConfig;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The file of a unix socket: its directory is made (0770), what a dead daemon left is removed,
/// and once bound it belongs to its owners (0660).
final class SocketFile {
    private final SocketConfig config;

    private SocketFile(SocketConfig config) {
        this.config = config;
    }

    /// Makes room for binding.
    ///
    /// @throws StartException when another daemon listens there, or the directory cannot be made
    static SocketFile prepare(SocketConfig config) throws StartException {
        var path = config.address();
        try {
            var folder = path.getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
            }
            if (Files.exists(path) && answers(path)) {
                throw new StartException(
                        "listen on " + path + ": another daemon listens there",
                        "stop that daemon, or choose another socket with --address");
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new StartException(
                    "listen on " + path + ": " + Directories.reason(e),
                    "choose a socket in a directory of your own with --address or in the configuration",
                    e);
        }
        return new SocketFile(config);
    }

    private static boolean answers(Path path) {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    Path path() {
        return config.address();
    }

    /// Sets mode and owner after binding.
    void own() throws StartException {
        try {
            Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw----"));
            if (config.uid() != 0) {
                Files.setAttribute(path(), "unix:uid", config.uid());
            }
            if (config.gid() != 0) {
                Files.setAttribute(path(), "unix:gid", config.gid());
            }
        } catch (IOException e) {
            throw new StartException(
                    "set the owner of " + path() + " to " + config.uid() + ":" + config.gid() + ": "
                            + Directories.reason(e),
                    "leave uid and gid out of the configuration",
                    e);
        }
    }

    /// Removes the file.
    void remove() throws IOException {
        Files.deleteIfExists(path());
    }
}
