package dev.coracle.commands.ctr;

import com.google.protobuf.Any;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.containerd.api.runc.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The flags that describe a container, shared by `run` and `containers create`.
final class RunFlags {
    static final String RUNC = "io.containerd.runc.v2";
    private static final Set<String> ONLY_RUN = Set.of(
            "privileged-without-host-devices",
            "uidmap",
            "gidmap",
            "remap-labels",
            "cni",
            "cgroup",
            "cpus",
            "cpu-shares",
            "cpuset-cpus",
            "cpuset-mems",
            "rlimit-nofile",
            "platform",
            "sync-fs");

    private RunFlags() {}

    /// The runtime and its options.
    static List<Flag> runtime() {
        return List.of(
                Flag.text("runtime", "Runtime name or absolute path of its program")
                        .or(RUNC),
                Flag.text("runtime-config-path", "Configuration file of the runtime"),
                Flag.text("runc-binary", "Program that is used like runc"),
                Flag.text("runc-root", "State directory of that program"),
                Flag.bool("runc-systemd-cgroup", "Have systemd make the cgroup"));
    }

    /// For commands that run nothing: as there is no group, systemd cannot make it.
    static List<Flag> runtimeWithoutCgroup() {
        var flags = new ArrayList<>(runtime());
        flags.add(Flag.text("cgroup", "Cgroup path").hidden());
        return flags;
    }

    /// For `containers create`. What only `run` has of old is understood here too.
    static List<Flag> container() {
        var flags = run();
        flags.replaceAll(flag -> ONLY_RUN.contains(flag.name()) ? flag.hidden() : flag);
        return flags;
    }

    /// For `run`.
    static List<Flag> run() {
        var flags = new ArrayList<Flag>();
        flags.addAll(process());
        flags.addAll(isolation());
        flags.addAll(resources());
        flags.addAll(runtime());
        flags.add(ImageVerbs.SNAPSHOTTER);
        flags.add(Flag.texts("snapshotter-label", "Labels of the container's snapshot"));
        flags.add(Flag.text("platform", "Platform of the image to run"));
        flags.add(Flag.bool("sync-fs", "Write unpacked files to disk before going on"));
        return flags;
    }

    private static List<Flag> process() {
        return List.of(
                Flag.text("config c", "File with the whole OCI configuration"),
                Flag.text("cwd", "Working directory of the process"),
                Flag.texts("env", "Environment variable (FOO=bar)"),
                Flag.text("env-file", "File of environment variables, one a line"),
                Flag.texts("label", "Label of the container (foo=bar)"),
                Flag.texts("annotation", "OCI annotation (foo=bar)"),
                Flag.bool("tty t", "Give the process a terminal"),
                Flag.text("user u", "User of the process: <name|uid>[:<group|gid>]"),
                Flag.text("hostname", "Host name of the container"),
                Flag.text("pid-file", "File to write the process id to"),
                Flag.text("cidfile", "File to write the container id to").hidden(),
                Flag.text("sandbox", "Sandbox the container belongs to"));
    }

    private static List<Flag> isolation() {
        return List.of(
                Flag.texts("mount", "Mount (type=bind,src=/tmp,dst=/host,options=rbind:ro)"),
                Flag.bool("net-host", "Use the daemon's network"),
                Flag.bool("privileged", "All capabilities and devices, nothing masked"),
                Flag.bool("privileged-without-host-devices", "Privileged, but without the host's devices"),
                Flag.bool("read-only", "Root file system that cannot be written"),
                Flag.bool("rootfs", "The image argument is a directory to run in"),
                Flag.bool("no-pivot", "Do not use pivot_root"),
                Flag.text("rootfs-propagation", "Propagation of mounts of the root file system"),
                Flag.texts("with-ns", "Existing namespace to join (<type>:<path>)"),
                Flag.texts("uidmap", "User ids of a new user namespace: `container-uid:host-uid:length`"),
                Flag.texts("gidmap", "Group ids of a new user namespace: `container-gid:host-gid:length`"),
                Flag.bool("remap-labels", "Have the snapshotter map the ids, by labels"),
                Flag.bool("allow-new-privs", "Let the process gain privileges by exec"),
                Flag.texts("cap-add", "Capability to add (CAP_NET_ADMIN)"),
                Flag.texts("cap-drop", "Capability to drop (CAP_NET_RAW)"),
                Flag.bool("seccomp", "Filter system calls"),
                Flag.text("seccomp-profile", "File of the filter, with --seccomp; the default is our own"),
                Flag.text("apparmor-default-profile", "Load and use the default AppArmor profile by this name"),
                Flag.text("apparmor-profile", "Use this loaded AppArmor profile"),
                Flag.texts("device", "Device, or directory of devices, to give to the container"),
                Flag.wholes("gpus", "GPU to give to the container"),
                Flag.bool("cni", "Set up the network by CNI"));
    }

    private static List<Flag> resources() {
        return List.of(
                Flag.text("cgroup", "Cgroup path; \"\" for none"),
                Flag.whole("memory-limit", "Memory limit in bytes"),
                Flag.decimal("cpus", "CPUs that may be used"),
                Flag.whole("cpu-shares", "Share of CPU time").or("1024"),
                Flag.whole("cpu-quota", "CPU time in each period").or("-1"),
                Flag.whole("cpu-period", "Length of a period"),
                Flag.whole("cpu-burst", "CPU time that may be saved up").hidden(),
                Flag.text("cpuset-cpus", "CPUs to run on (1-2,4)"),
                Flag.text("cpuset-mems", "Memory nodes to use (1-2,4)"),
                Flag.text("rlimit-nofile", "Limit of open files (soft:hard)"),
                Flag.text("blockio-config-file", "File of block I/O classes"),
                Flag.text("blockio-class", "Block I/O class"),
                Flag.text("rdt-class", "Class of service for cache and memory bandwidth"));
    }

    /// The options for the runtime; none when it has none.
    static Optional<Any> runtimeOptions(Line line) {
        var runc = line.text("runtime").equals(RUNC);
        var systemd = line.flag("runc-systemd-cgroup");
        if ((!line.text("runc-binary").isEmpty() || systemd) && !runc) {
            throw UsageFailure.of(
                    "specifying runc-binary and runc-systemd-cgroup is only supported for \"" + RUNC + "\" runtime");
        }
        if (!runc) {
            var path = line.text("runtime-config-path");
            return path.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Wires.any(dev.coracle.containerd.api.runtimeoptions.Options.newBuilder()
                            .setConfigPath(path)
                            .build()));
        }
        if (systemd && line.text("cgroup").isEmpty()) {
            throw UsageFailure.of("option --runc-systemd-cgroup requires --cgroup to be set, e.g. "
                    + "\"machine.slice:foo:deadbeef\"");
        }
        return Optional.of(Wires.any(Options.newBuilder()
                .setBinaryName(line.text("runc-binary"))
                .setRoot(line.text("runc-root"))
                .setSystemdCgroup(systemd)
                .build()));
    }
}
