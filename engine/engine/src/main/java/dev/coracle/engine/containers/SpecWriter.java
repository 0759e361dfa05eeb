package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.oci.DefaultSpec;
import dev.coracle.oci.RuntimeSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Writes the runtime configuration of a container. What is only known when it starts (its network namespace, the
/// namespaces of other containers) is put in by [Networking#join].
final class SpecWriter {
    private static final String INIT = "/sbin/docker-init";
    private static final long DEFAULT_SHM = 64L << 20;
    private static final List<String> BIND_WORDS =
            List.of("shared", "rshared", "slave", "rslave", "private", "rprivate", "unbindable", "runbindable");

    /// What systemd wants to write to, by its document "Container Interface"; the outer before the inner.
    private static final Map<String, String> SYSTEMD_MOUNTS =
            new TreeMap<>(Map.of("/run", "0755", "/run/lock", "1777", "/tmp", "1777", "/var/log/journal", "0755"));

    private final EngineSettings settings;
    private final Folders folders;

    SpecWriter(EngineSettings settings, Folders folders) {
        this.settings = settings;
        this.folders = folders;
    }

    /// Who the process is.
    record Identity(long uid, long gid, List<Long> groups) {
        Identity {
            groups = List.copyOf(groups);
        }
    }

    RuntimeSpec write(ContainerDoc doc, Identity identity) {
        var options = doc.options();
        var spec = DefaultSpec.withDevices(cgroup(doc));
        spec.withoutRlimits();
        spec.withoutMounts(Set.of("/run"));
        process(spec, doc, identity);
        security(spec, options.security());
        LimitWriter.write(spec, options.limits());
        var isForSystemd = isForSystemd(doc);
        if (settings.systemd()) {
            var access = isForSystemd || options.security().options().contains("writable-cgroups") ? "rw" : "ro";
            spec.mount(new RuntimeSpec.Mount(
                    "/sys/fs/cgroup", "cgroup", "cgroup", List.of(access, "nosuid", "noexec", "nodev")));
        }
        if (isForSystemd) {
            SYSTEMD_MOUNTS.forEach((path, mode) -> spec.mount(
                    new RuntimeSpec.Mount(path, "tmpfs", "tmpfs", List.of("nosuid", "nodev", "mode=" + mode))));
        }
        shm(spec, options.storage().shmSize());
        if (options.storage().readOnly()) {
            spec.readOnlyRoot();
        }
        mounts(spec, doc);
        namespaces(spec, doc);
        return spec.annotations(NerdctlLabels.annotations(doc, folders.of(doc))).annotations(options.annotations());
    }

    /// Adds what is looked for anew at every start: the devices that the host has then.
    static RuntimeSpec withHostDevices(RuntimeSpec spec, ContainerDoc doc) {
        var security = doc.options().security();
        if (security.privileged() && !security.options().contains("privileged-without-host-devices")) {
            HostDevices.usable(Path.of("/dev")).stream()
                    .filter(device -> doc.mounts().stream()
                            .noneMatch(mount -> mount.destination().equals(device)))
                    .forEach(device -> device(spec, device, device));
        }
        return spec;
    }

    private static boolean isForSystemd(ContainerDoc doc) {
        var config = doc.config();
        var words = config.entrypoint().isEmpty() ? config.command() : config.entrypoint();
        return doc.options().lifecycle().isForSystemd(words.getFirst());
    }

    private String cgroup(ContainerDoc doc) {
        if (!settings.systemd()) {
            return "";
        }
        var parent = doc.options().limits().cgroupParent();
        return (parent.isEmpty() ? "user.slice" : parent) + ":coracle:" + doc.id();
    }

    private void process(RuntimeSpec spec, ContainerDoc doc, Identity identity) {
        var config = doc.config();
        var process = doc.options().process();
        var words = new ArrayList<String>();
        if (doc.options().lifecycle().init()) {
            words.addAll(List.of(INIT, "--"));
        }
        words.addAll(config.entrypoint());
        words.addAll(config.command());
        spec.args(words).env(config.env());
        if (process.tty()) {
            spec.terminal(true);
        }
        if (!config.workdir().isEmpty()) {
            spec.cwd(config.workdir());
        }
        spec.user(identity.uid(), identity.gid()).additionalGroups(identity.groups());
        if (!process.umask().isEmpty()) {
            spec.umask(Integer.parseInt(process.umask(), 8));
        }
        if (!doc.options().security().uts().equals("host")) {
            spec.hostname(config.hostname());
        }
    }

    private void security(RuntimeSpec spec, SecurityOptions security) {
        spec.newPrivileges(!security.options().contains("no-new-privileges")
                && !security.options().contains("no-new-privileges=true")
                && !security.options().contains("no-new-privileges:true"));
        if (security.privileged()) {
            spec.capabilities(List.copyOf(settings.capabilities()))
                    .unmasked()
                    .writable("sysfs")
                    .allDevices();
        } else {
            capabilities(spec, security);
        }
        if (security.options().contains("systempaths=unconfined")) {
            spec.unmasked();
        }
        switch (security.seccomp()) {
            case SecurityOptions.Seccomp.Unconfined _ -> {}
            case SecurityOptions.Seccomp.Default _ -> {
                if (!security.privileged()) {
                    spec.seccompStandard(settings.architecture());
                }
            }
            case SecurityOptions.Seccomp.Profile(var json) -> spec.seccompProfile(json, settings.architecture());
        }
        security.ulimits()
                .forEach(limit ->
                        spec.rlimit("RLIMIT_" + limit.name().toUpperCase(Locale.ROOT), limit.soft(), limit.hard()));
        security.devices().forEach(device -> device(spec, device.source(), device.target()));
        new DeviceSpecs(settings.deviceSpecs())
                .edits(security.describedDevices())
                .forEach(spec::edits);
        if (security.oomScoreAdj() != 0) {
            spec.oomScoreAdj(security.oomScoreAdj());
        }
        if (!security.sysctls().isEmpty()) {
            spec.sysctls(security.sysctls());
        }
    }

    private static void device(RuntimeSpec spec, String source, String target) {
        spec.mount(new RuntimeSpec.Mount(target, "bind", source, List.of("bind", "nosuid", "noexec")));
    }

    private void capabilities(RuntimeSpec spec, SecurityOptions security) {
        var wanted = new LinkedHashSet<>(spec.capabilities());
        for (var name : security.droppedCapabilities()) {
            if (name.equalsIgnoreCase("ALL")) {
                wanted.clear();
            }
        }
        for (var name : security.addedCapabilities()) {
            if (name.equalsIgnoreCase("ALL")) {
                wanted.addAll(settings.capabilities());
            } else {
                wanted.add(capability(name));
            }
        }
        for (var name : security.droppedCapabilities()) {
            if (!name.equalsIgnoreCase("ALL")) {
                wanted.remove(capability(name));
            }
        }
        spec.capabilities(List.copyOf(wanted));
    }

    private String capability(String name) {
        var upper = name.toUpperCase(Locale.ROOT);
        var full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
        if (!settings.capabilities().contains(full)) {
            throw new InvalidArgument("capability \"" + name + "\" is not known, or not to be had here");
        }
        return full;
    }

    private static void shm(RuntimeSpec spec, long size) {
        spec.withoutMounts(Set.of("/dev/shm"));
        spec.mount(new RuntimeSpec.Mount(
                "/dev/shm",
                "tmpfs",
                "shm",
                List.of("nosuid", "noexec", "nodev", "mode=1777", "size=" + (size == 0 ? DEFAULT_SHM : size))));
    }

    private void mounts(RuntimeSpec spec, ContainerDoc doc) {
        for (var file : Map.of(
                        "/etc/resolv.conf", EtcFiles.RESOLV_CONF,
                        "/etc/hosts", EtcFiles.HOSTS,
                        "/etc/hostname", EtcFiles.HOSTNAME)
                .entrySet()) {
            if (doc.mounts().stream().noneMatch(mount -> mount.destination().equals(file.getKey()))) {
                spec.mount(new RuntimeSpec.Mount(
                        file.getKey(),
                        "bind",
                        folders.file(doc, file.getValue()).toString(),
                        List.of("bind", "rprivate")));
            }
        }
        if (doc.options().lifecycle().init()) {
            spec.mount(new RuntimeSpec.Mount(
                    INIT, "bind", settings.init().map(Path::toString).orElse(""), List.of("bind", "ro", "nosuid")));
        }
        // the shorter path first, so that one below it is not hidden
        doc.mounts().stream()
                .sorted(java.util.Comparator.comparingInt(
                        mount -> Path.of(mount.destination()).getNameCount()))
                .forEach(mount -> {
                    spec.withoutMounts(Set.of(mount.destination()));
                    spec.mount(mount(mount));
                });
    }

    private static RuntimeSpec.Mount mount(ContainerView.MountView mount) {
        var words = List.of(mount.mode().split(",", -1));
        if (mount.type().equals("tmpfs")) {
            var options = new ArrayList<>(List.of("nosuid", "nodev", "noexec"));
            words.stream().filter(word -> !word.isEmpty()).forEach(word -> {
                // exec undoes noexec, and so on
                options.remove("no" + word);
                options.add(word);
            });
            return new RuntimeSpec.Mount(mount.destination(), "tmpfs", "tmpfs", options);
        }
        var options = new ArrayList<String>();
        options.add(words.contains("bind") ? "bind" : "rbind");
        options.add(mount.writable() ? "rw" : "ro");
        if (words.contains("rro")) {
            options.add("rro");
        }
        options.add(words.stream().filter(BIND_WORDS::contains).findFirst().orElse("rprivate"));
        return new RuntimeSpec.Mount(mount.destination(), "bind", mount.source(), options);
    }

    private static void namespaces(RuntimeSpec spec, ContainerDoc doc) {
        var security = doc.options().security();
        if (!security.cgroupns().equals("host")) {
            spec.namespace("cgroup", "");
        }
        if (security.uts().equals("host")) {
            spec.hostNamespace("uts");
        }
        if (security.ipc().equals("host")) {
            spec.hostNamespace("ipc");
            spec.hostFiles("/dev/mqueue", true);
            spec.hostFiles("/dev/shm", true);
        }
        if (security.pid().equals("host")) {
            spec.hostNamespace("pid");
            spec.hostFiles("/proc", true);
        }
        if (doc.options().network().mode() instanceof NetworkOptions.Mode.Host) {
            spec.hostNamespace("network");
            // sysfs can only be mounted by the owner of the network namespace
            spec.hostFiles("/sys", false);
        }
    }
}
