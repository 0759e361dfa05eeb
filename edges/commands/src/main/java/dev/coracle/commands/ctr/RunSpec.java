package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.commands.Session;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.oci.Accounts;
import dev.coracle.oci.Capabilities;
import dev.coracle.oci.DefaultSpec;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.Json;
import dev.coracle.oci.RuntimeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Makes a container's configuration out of an image and the flags of `run`, in the order in
/// which ctr applies them.
final class RunSpec {
    private static final Set<String> NAMESPACES =
            Set.of("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time");
    private static final long CPU_PERIOD = 100_000;

    private final Line line;
    private final Session session;
    private final RuntimeSpec spec;

    RunSpec(Line line, Session session, RuntimeSpec spec) {
        this.line = line;
        this.session = session;
        this.spec = spec;
    }

    /// The configuration before an image or a flag changed it.
    static RunSpec begin(Line line, Session session, String namespace, String id) throws IOException {
        var run = new RunSpec(line, session, DefaultSpec.withDevices("/" + namespace + "/" + id));
        if (!line.text("env-file").isEmpty()) {
            run.spec.env(Files.readAllLines(session.path(line.text("env-file"))));
        }
        run.spec.env(line.texts("env"));
        run.mounts();
        return run;
    }

    private void mounts() {
        var mounts = line.texts("mount").stream().map(MountFlag::parse).toList();
        spec.withoutMounts(mounts.stream().map(RuntimeSpec.Mount::destination).collect(Collectors.toSet()));
        mounts.forEach(spec::mount);
    }

    /// What the image says: environment, command, directory, user.
    RunSpec image(ImageConfig config, Supplier<Accounts> accounts) {
        var launch = config.launch();
        spec.envBelow(launch.env().isEmpty() ? DefaultSpec.ENV : launch.env());
        spec.args(launch.commandLine(List.of()));
        spec.cwd(launch.workingDir().isEmpty() ? "/" : launch.workingDir());
        if (launch.user().isEmpty()) {
            spec.additionalGroups(accounts.get().additionalGroups("root"));
        } else {
            var ids = accounts.get().resolve(launch.user());
            spec.user(ids.uid(), ids.gid()).additionalGroups(accounts.get().additionalGroups(Long.toString(ids.uid())));
        }
        return this;
    }

    RunSpec rootfs(String path) {
        spec.rootPath(path);
        return this;
    }

    /// Everything that flags change.
    RuntimeSpec flags(List<String> arguments, Supplier<Accounts> accounts) throws IOException {
        process(arguments, accounts);
        privileged();
        if (line.flag("net-host")) {
            hostNetwork();
        }
        spec.annotations(annotations());
        capabilities();
        security();
        cpu();
        namespaces();
        if (line.isSet("allow-new-privs")) {
            spec.newPrivileges(true);
        }
        if (line.isSet("cgroup")) {
            spec.cgroupsPath(line.text("cgroup"));
        }
        if (line.whole("memory-limit") != 0) {
            spec.memoryLimit(line.whole("memory-limit"));
        }
        for (var device : line.texts("device")) {
            HostDevices.at(session.path(device)).forEach(found -> spec.device(found, "rwm"));
        }
        rest();
        return spec;
    }

    private void process(List<String> arguments, Supplier<Accounts> accounts) {
        if (line.flag("read-only")) {
            spec.readOnlyRoot();
        }
        if (!arguments.isEmpty()) {
            spec.args(arguments);
        }
        if (!line.text("cwd").isEmpty()) {
            spec.cwd(line.text("cwd"));
        }
        var user = line.text("user");
        if (!user.isEmpty()) {
            var ids = accounts.get().resolve(user);
            spec.user(ids.uid(), ids.gid()).additionalGroups(accounts.get().additionalGroups(user));
        }
        if (line.flag("tty")) {
            spec.withTerminal();
        }
    }

    private void privileged() throws IOException {
        var withoutDevices = line.flag("privileged-without-host-devices");
        if (withoutDevices && !line.flag("privileged")) {
            throw UsageFailure.of("can't use 'privileged-without-host-devices' without 'privileged' specified");
        }
        if (!line.flag("privileged")) {
            return;
        }
        spec.capabilities(ownCapabilities()).unmasked().writable("sysfs").writable("cgroup");
        if (!withoutDevices) {
            spec.allDevices();
            HostDevices.all().forEach(device -> spec.device(device, "rwm"));
        }
    }

    private static List<String> ownCapabilities() throws IOException {
        try (var status = Files.lines(java.nio.file.Path.of("/proc/self/status"))) {
            return status.filter(text -> text.startsWith("CapEff:"))
                    .findFirst()
                    .map(text -> Capabilities.of(
                            Long.parseUnsignedLong(text.substring(7).strip(), 16)))
                    .orElse(List.of());
        }
    }

    private void hostNetwork() throws IOException {
        var bind = List.of("rbind", "ro");
        spec.hostNamespace("network")
                .mount(new RuntimeSpec.Mount("/etc/hosts", "bind", "/etc/hosts", bind))
                .mount(new RuntimeSpec.Mount("/etc/resolv.conf", "bind", "/etc/resolv.conf", bind))
                .env(List.of("HOSTNAME="
                        + Files.readString(java.nio.file.Path.of("/proc/sys/kernel/hostname"))
                                .strip()));
    }

    private java.util.Map<String, String> annotations() {
        for (var text : line.texts("annotation")) {
            if (text.indexOf('=') < 0) {
                throw UsageFailure.of("invalid key=value format annotation: " + text);
            }
        }
        return Line.labels(line.texts("annotation"));
    }

    private void capabilities() {
        for (var name : List.of("cap-add", "cap-drop")) {
            if (!line.texts(name).stream().allMatch(text -> text.startsWith("CAP_"))) {
                throw UsageFailure.of("capabilities must be specified with 'CAP_' prefix");
            }
        }
        spec.addCapabilities(line.texts("cap-add")).dropCapabilities(line.texts("cap-drop"));
    }

    private void security() throws IOException {
        var profile = line.text("seccomp-profile");
        if (!line.flag("seccomp") && !profile.isEmpty()) {
            throw UsageFailure.of("seccomp must be set to true, if using a custom seccomp-profile");
        }
        if (line.flag("seccomp")) {
            if (profile.isEmpty()) {
                spec.seccompStandard(session.environment().platform().architecture());
            } else {
                spec.seccomp(Json.object(Files.readAllBytes(session.path(profile)), "seccomp profile " + profile));
            }
        }
        if (!line.text("apparmor-default-profile").isEmpty()) {
            throw new InvalidArgument("--apparmor-default-profile: profiles are not loaded by this program")
                    .remedy("load the profile by apparmor_parser and name it by --apparmor-profile");
        }
        if (!line.text("apparmor-profile").isEmpty()) {
            spec.apparmorProfile(line.text("apparmor-profile"));
        }
    }

    private void cpu() {
        var cpus = line.decimal("cpus");
        var quota = line.whole("cpu-quota");
        var period = line.whole("cpu-period");
        if (cpus > 0) {
            spec.cpuQuota(OptionalLong.of((long) (cpus * CPU_PERIOD)), OptionalLong.of(CPU_PERIOD));
        }
        spec.cpuSet(line.text("cpuset-cpus"), line.text("cpuset-mems"));
        if (line.whole("cpu-shares") > 0 && (line.verb().name().equals("run") || line.isSet("cpu-shares"))) {
            spec.cpuShares(line.whole("cpu-shares"));
        }
        if (quota != -1 || period != 0) {
            if (cpus > 0) {
                throw UsageFailure.of("cpus and quota/period should be used separately");
            }
            spec.cpuQuota(OptionalLong.of(quota), OptionalLong.of(period));
        }
        if (line.whole("cpu-burst") != 0) {
            spec.cpuBurst(line.whole("cpu-burst"));
        }
    }

    private void namespaces() {
        for (var text : line.texts("with-ns")) {
            var colon = text.indexOf(':');
            if (colon < 0) {
                throw UsageFailure.of("joining a Linux namespace using --with-ns requires the format 'nstype:path'");
            }
            var type = text.substring(0, colon);
            if (!NAMESPACES.contains(type)) {
                throw UsageFailure.of("the Linux namespace type specified in --with-ns is not valid: " + type);
            }
            spec.namespace(type, text.substring(colon + 1));
        }
        var uids = IdMappings.parse(line.texts("uidmap"));
        var gids = IdMappings.parse(line.texts("gidmap"));
        if (!uids.isEmpty() && !gids.isEmpty()) {
            spec.userNamespace(uids, gids);
        }
    }

    private void rest() {
        if (!line.text("rootfs-propagation").isEmpty()) {
            spec.rootPropagation(line.text("rootfs-propagation"));
        }
        if (!line.text("rdt-class").isEmpty()) {
            spec.json().withObject("/linux/intelRdt").put("closID", line.text("rdt-class"));
        }
        if (!line.text("hostname").isEmpty()) {
            spec.hostname(line.text("hostname"));
        }
        var files = line.text("rlimit-nofile");
        if (!files.isEmpty()) {
            var limits = new ArrayList<>(List.of(files.split(":", 2)));
            try {
                spec.rlimit("RLIMIT_NOFILE", Long.parseLong(limits.getFirst()), Long.parseLong(limits.getLast()));
            } catch (NumberFormatException e) {
                throw UsageFailure.of("rlimit-nofile \"" + files + "\" is not of the form soft:hard");
            }
        }
        for (var unknown : List.of("blockio-config-file", "blockio-class", "sandbox")) {
            if (!line.text(unknown).isEmpty()) {
                throw new InvalidArgument("--" + unknown + " is not supported");
            }
        }
        if (line.flag("cni") || !line.texts("gpus").isEmpty()) {
            throw new InvalidArgument((line.flag("cni") ? "--cni" : "--gpus") + " is not supported");
        }
    }
}
