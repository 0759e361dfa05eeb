package dev.coracle.userns;

import dev.coracle.linux.Mounts;
import dev.coracle.linux.NetnsThread;
import dev.coracle.linux.RouteNetlink;
import dev.coracle.linux.Self;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A network namespace that no process lives in: it is kept by a mount on a file.
public final class DetachedNetwork {
    private DetachedNetwork() {}

    /// Makes it with its loopback device up. Both sides of the mount namespace see the file, only the inner one what is
    /// mounted on it.
    public static void create(Path file) throws IOException, InterruptedException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------")));
        try (var inside = NetnsThread.unshare("detached-network")) {
            inside.call(() -> {
                var namespace = Path.of("/proc/self/task/" + Self.threadId() + "/ns/net");
                Mounts.bind(namespace, file, false);
                loopbackUp();
                return true;
            });
        }
    }

    /// Brings up the loopback device of the namespace this thread is in.
    public static void loopbackUp() throws IOException {
        try (var netlink = RouteNetlink.open()) {
            netlink.setUp("lo");
        }
    }
}
