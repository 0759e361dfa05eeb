package dev.coracle.setup;

import dev.coracle.setup.Ground.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;

/// A machine made of files, with the account `penguin` on it.
final class Grounds {
    private final Path root;
    private final Map<String, String> environment =
            new TreeMap<>(Map.of("HOME", "/home/penguin", "PATH", "/usr/bin", "XDG_RUNTIME_DIR", "/run/user/1001"));
    private long uid = 1001;

    Grounds(Path root) {
        this.root = root;
    }

    /// One where nothing is amiss.
    static Grounds good(Path root) throws IOException {
        return new Grounds(root)
                .file("/etc/subuid", "other:100000:65536\npenguin:165536:65536\n")
                .file("/etc/subgid", "other:100000:65536\npenguin:165536:65536\n")
                .program("newuidmap", true)
                .program("newgidmap", true)
                .program("crun", false)
                .program("conmon", false)
                .program("unshare", false)
                .program("nsenter", false)
                .program("setpriv", false)
                .program("pasta", false)
                .file("/dev/net/tun", "")
                .file("/proc/self/ns/user", "")
                .file("/proc/self/status", "Name:\tjava\nNoNewPrivs:\t0\n")
                .file("/proc/mounts", "/dev/vda / ext4 rw 0 0\nproc /proc proc rw 0 0\n")
                .sysctl("kernel/osrelease", "6.12.1-cloud-amd64")
                .sysctl("user/max_user_namespaces", "7000")
                .sysctl("net/ipv4/ip_unprivileged_port_start", "80")
                .sysctl("net/ipv4/ping_group_range", "0\t2147483647")
                .sysctl("fs/inotify/max_user_instances", "1024")
                .sysctl("fs/inotify/max_user_watches", "100000")
                .file("/run/systemd/system/x", "")
                .file("/run/user/1001/systemd/private", "")
                .file("/run/user/1001/bus", "")
                .file("/var/lib/systemd/linger/penguin", "")
                .file(
                        "/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/cgroup.controllers",
                        "cpuset cpu io memory pids\n");
    }

    Grounds file(String path, String text) throws IOException {
        var file = root.resolve(path.substring(1));
        Files.createDirectories(Path.of(String.valueOf(file.getParent())));
        Files.writeString(file, text);
        return this;
    }

    Grounds without(String path) throws IOException {
        Files.deleteIfExists(root.resolve(path.substring(1)));
        return this;
    }

    Grounds sysctl(String name, String value) throws IOException {
        return file("/proc/sys/" + name, value + "\n");
    }

    Grounds program(String name, boolean setUserId) throws IOException {
        file("/usr/bin/" + name, "");
        var file = root.resolve("usr/bin").resolve(name);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (setUserId) {
            Files.setAttribute(file, "unix:mode", (Integer) Files.getAttribute(file, "unix:mode") | 04000);
        }
        return this;
    }

    Grounds variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Grounds uid(long other) {
        uid = other;
        return this;
    }

    Ground ground() {
        return new Ground(root, new Account("penguin", uid, uid), environment);
    }
}
