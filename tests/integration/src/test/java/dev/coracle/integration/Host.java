package dev.coracle.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// The machine and the account that the tests run on. All of it is prepared by `./verify`.
public final class Host {
    private Host() {}

    /// The tree under test, as it is shipped.
    public static Path tree() {
        return Path.of(required("coracle.tree"));
    }

    /// Where images are kept between runs, so that the second run is quick.
    public static Path cache() {
        return Path.of(required("coracle.cache"));
    }

    static Path home() {
        return Path.of(required("user.home"));
    }

    static String user() {
        return required("user.name");
    }

    static Path runtimeDirectory() {
        var directory = System.getenv("XDG_RUNTIME_DIR");
        if (directory == null) {
            throw new IllegalStateException("XDG_RUNTIME_DIR is not set: start the tests by ./verify");
        }
        return Path.of(directory);
    }

    /// Whether the distribution's programs stand in for ours: a test that fails with them is wrong itself.
    static boolean isReference() {
        return Boolean.getBoolean("coracle.reference");
    }

    /// One of our programs.
    public static String ours(String program) {
        return isReference()
                ? debians(program)
                : tree().resolve("bin").resolve(program).toString();
    }

    /// A program of the distribution, found on the usual paths and never in the tree under test.
    public static String debians(String program) {
        return find(program)
                .orElseThrow(() -> new IllegalStateException("program " + program + " is not installed"))
                .toString();
    }

    static Optional<Path> find(String program) {
        return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Whether controllers of cgroup v1 are mounted, as on machines without systemd: no limits for us there.
    static boolean hasHybridCgroups() {
        return Files.isDirectory(Path.of("/sys/fs/cgroup/unified"));
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String required(String property) {
        var value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException("system property " + property + " is not set: start the tests by ./verify");
        }
        return value;
    }
}
