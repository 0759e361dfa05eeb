package dev.coracle.userns;

import java.nio.file.Files;
import java.nio.file.Path;

/// Which network namespace a driver connects: that of a process, or one that is kept as a file in the child's mounts.
public sealed interface NetworkTarget {
    long pid();

    record OfProcess(long pid) implements NetworkTarget {}

    /// @param path as seen by the child
    record OfFile(long pid, Path path) implements NetworkTarget {
        /// As seen from outside the child's mount namespace.
        Path outside() {
            return Path.of("/proc", Long.toString(pid), "root")
                    .resolve(path.toString().substring(1));
        }
    }

    default Path userNamespace() {
        return Path.of("/proc", Long.toString(pid()), "ns", "user");
    }

    /// Whether the process still runs; of one that has ended the namespaces are gone before it is collected.
    default boolean exists() {
        return Files.exists(Path.of("/proc", Long.toString(pid()), "ns", "net"));
    }
}
