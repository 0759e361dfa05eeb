package dev.coracle.oci;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The runtime configuration a container starts from, the one containerd's clients use: five new
/// namespaces, fourteen capabilities, no new privileges, masked kernel files, no device allowed.
public final class DefaultSpec {
    /// The environment of an image that has none.
    public static final List<String> ENV = List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    /// Old on purpose: crun before 1.9 refuses every version that does not begin with 1.0.
    private static final String VERSION = "1.0.2";
    private static final List<String> CAPABILITIES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FSETID",
            "CAP_FOWNER",
            "CAP_MKNOD",
            "CAP_NET_RAW",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETFCAP",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_KILL",
            "CAP_AUDIT_WRITE");
    private static final List<String> NAMESPACES = List.of("pid", "ipc", "uts", "mount", "network");
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/sys/firmware",
            "/sys/devices/virtual/powercap",
            "/proc/scsi");
    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
    private static final List<RuntimeSpec.Mount> MOUNTS = List.of(
            new RuntimeSpec.Mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")),
            new RuntimeSpec.Mount(
                    "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
            new RuntimeSpec.Mount(
                    "/dev/pts",
                    "devpts",
                    "devpts",
                    List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
            new RuntimeSpec.Mount(
                    "/dev/shm", "tmpfs", "shm", List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")),
            new RuntimeSpec.Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")),
            new RuntimeSpec.Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")),
            new RuntimeSpec.Mount(
                    "/run", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")));

    /// Major and minor of the character devices every container may use: null, random, full, tty,
    /// zero, urandom, console, all of devpts, ptmx.
    private static final int[][] DEVICES = {{1, 3}, {1, 8}, {1, 7}, {5, 0}, {1, 5}, {1, 9}, {5, 1}, {136}, {5, 2}};

    private DefaultSpec() {}

    /// The configuration without any device allowed.
    ///
    /// @param cgroupsPath the container's cgroup, `/namespace/id`
    public static RuntimeSpec of(String cgroupsPath) {
        var tree = Json.object();
        tree.put("ociVersion", VERSION);
        tree.set("process", process());
        tree.putObject("root").put("path", "rootfs");
        var mounts = tree.putArray("mounts");
        MOUNTS.forEach(mount -> mounts.add(mount(mount)));
        tree.set("linux", linux(cgroupsPath));
        return RuntimeSpec.of(tree);
    }

    /// The configuration with the devices every container may use.
    public static RuntimeSpec withDevices(String cgroupsPath) {
        var spec = of(cgroupsPath);
        var rules = spec.json().withObject("/linux/resources").withArrayProperty("devices");
        for (var device : DEVICES) {
            var rule = rules.addObject().put("allow", true).put("type", "c").put("major", device[0]);
            if (device.length > 1) {
                rule.put("minor", device[1]);
            }
            rule.put("access", "rwm");
        }
        return spec;
    }

    private static ObjectNode process() {
        var process = Json.object();
        process.putObject("user").put("uid", 0).put("gid", 0);
        process.put("cwd", "/");
        var capabilities = process.putObject("capabilities");
        List.of("bounding", "effective", "permitted").forEach(set -> Json.putTexts(capabilities, set, CAPABILITIES));
        process.putArray("rlimits")
                .addObject()
                .put("type", "RLIMIT_NOFILE")
                .put("hard", 1024)
                .put("soft", 1024);
        process.put("noNewPrivileges", true);
        return process;
    }

    private static ObjectNode linux(String cgroupsPath) {
        var linux = Json.object();
        linux.putObject("resources")
                .putArray("devices")
                .addObject()
                .put("allow", false)
                .put("access", "rwm");
        linux.put("cgroupsPath", cgroupsPath);
        var namespaces = linux.putArray("namespaces");
        NAMESPACES.forEach(type -> namespaces.addObject().put("type", type));
        Json.putTexts(linux, "maskedPaths", MASKED);
        Json.putTexts(linux, "readonlyPaths", READ_ONLY);
        return linux;
    }

    static ObjectNode mount(RuntimeSpec.Mount mount) {
        var node = Json.object();
        node.put("destination", mount.destination());
        if (!mount.type().isEmpty()) {
            node.put("type", mount.type());
        }
        if (!mount.source().isEmpty()) {
            node.put("source", mount.source());
        }
        if (!mount.options().isEmpty()) {
            Json.putTexts(node, "options", mount.options());
        }
        return node;
    }
}
