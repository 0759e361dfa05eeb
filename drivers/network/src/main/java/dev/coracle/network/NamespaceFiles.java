package dev.coracle.network;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Links;
import dev.coracle.linux.MountInfo;
import dev.coracle.linux.Mounts;
import dev.coracle.linux.NetnsThread;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// Network namespaces held by files: each is the mount point of its namespace, which lives as long
/// as that, whoever made it.
final class NamespaceFiles {
    private final Path folder;
    private final String pingGroups;

    private NamespaceFiles(Path folder, String pingGroups) {
        this.folder = folder;
        this.pingGroups = pingGroups;
    }

    static NamespaceFiles open(Path folder) throws IOException {
        Files.createDirectories(folder);
        // as the kernel's list of mounts has it
        return new NamespaceFiles(
                folder.toRealPath(), "0 " + lastGroup(Files.readString(Path.of("/proc/self/gid_map"))));
    }

    /// The last of the groups that are known without a gap from 0 on; the kernel refuses ranges that name others.
    static long lastGroup(String map) {
        var next = 0L;
        var before = -1L;
        while (next != before) {
            before = next;
            for (var line : map.lines().toList()) {
                var words = line.strip().split("\\s+");
                if (words.length == 3 && Long.parseLong(words[0]) == next) {
                    next += Long.parseLong(words[2]);
                }
            }
        }
        // the highest number that is a group's
        return Math.clamp(next - 1, 0, Integer.MAX_VALUE);
    }

    /// Where a sandbox's namespace is or would be.
    Path path(String id) {
        return folder.resolve(id.replace('/', '+'));
    }

    /// Makes a namespace with loopback up and the parameters set.
    ///
    /// @throws InvalidArgument for a parameter that the kernel does not take
    Path make(String id, Map<String, String> sysctls) throws IOException, InterruptedException {
        var path = path(id);
        var all = new LinkedHashMap<String, String>();
        all.put("net.ipv4.ip_unprivileged_port_start", "0");
        all.put("net.ipv4.ping_group_range", pingGroups);
        all.putAll(sysctls);
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException left) {
            // its sandbox is unknown, so this is what a killed daemon left
            release(path);
            Files.createFile(path);
        }
        try (var thread = NetnsThread.unshare("new " + id)) {
            thread.call(() -> {
                Mounts.bind(Path.of("/proc/thread-self/ns/net"), path, false);
                try (var links = Links.open()) {
                    links.setUp("lo");
                }
                return true;
            });
            thread.call(() -> {
                for (var parameter : all.entrySet()) {
                    set(parameter.getKey(), parameter.getValue());
                }
                return true;
            });
            return path;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            try {
                release(path);
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static void set(String key, String value) throws IOException {
        if (!key.matches("net(\\.[A-Za-z0-9_/-]+)+") || key.contains("//")) {
            throw new InvalidArgument("sysctl " + key + " is not one of a network (net.…)");
        }
        try {
            Underlay.set(key, value);
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOENT)) {
                throw new InvalidArgument("sysctl " + key + " does not exist on this kernel", failure);
            }
            if (failure.is(Errno.EINVAL, Errno.ERANGE, Errno.EACCES, Errno.EPERM)) {
                throw new InvalidArgument(
                        "sysctl " + key + "=" + value + ": " + failure.errno().text(), failure);
            }
            throw failure;
        }
    }

    /// Does something inside the namespace: system calls only.
    <T> T inside(String id, Callable<T> work) throws IOException, InterruptedException {
        try (var namespace = hold(id);
                var thread = NetnsThread.enter("in " + id, namespace)) {
            return thread.call(work);
        }
    }

    Fd hold(String id) throws IOException {
        return Fd.openForReading(path(id));
    }

    /// Lets go of a namespace; what is not held is released already.
    void release(Path path) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        try {
            Mounts.unmount(path, true);
        } catch (ErrnoException failure) {
            if (!failure.is(Errno.EINVAL, Errno.ENOENT)) {
                throw failure;
            }
        }
        Files.deleteIfExists(path);
    }

    /// The files, held or not.
    List<Path> all() throws IOException {
        try (var files = Files.list(folder)) {
            return new ArrayList<>(files.toList());
        }
    }

    /// The files that hold a namespace at this moment.
    Set<Path> held() throws IOException {
        return Mounts.list().stream()
                .filter(mount -> mount.type().equals("nsfs"))
                .map(MountInfo::target)
                .map(Path::of)
                .filter(path -> path.startsWith(folder))
                .collect(Collectors.toSet());
    }
}
