package dev.coracle.oci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A container's runtime configuration (runtime-spec, config.md), held as its JSON tree: what
/// this program does not know survives reading, changing and writing. The methods change one
/// thing each; none of them checks what only the runtime can judge.
public final class RuntimeSpec {
    private static final String WHAT = "runtime configuration";

    private final ObjectNode tree;

    private RuntimeSpec(ObjectNode tree) {
        this.tree = tree;
    }

    /// A mount of the container, in the words of the specification.
    public record Mount(String destination, String type, String source, List<String> options) {
        public Mount {
            options = List.copyOf(options);
        }
    }

    /// A device node of the container; `type` is `c`, `b` or `p`.
    public record Device(String path, String type, long major, long minor, int mode, long uid, long gid) {}

    /// A member of a user namespace's id mapping.
    public record IdMapping(long containerId, long hostId, long size) {}

    /// Reads a configuration.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it is not a JSON object
    public static RuntimeSpec parse(byte[] bytes) {
        return new RuntimeSpec(Json.object(bytes, WHAT));
    }

    static RuntimeSpec of(ObjectNode tree) {
        return new RuntimeSpec(tree);
    }

    /// The tree itself: changes to it change this configuration.
    public ObjectNode json() {
        return tree;
    }

    public byte[] bytes() {
        return Json.bytes(tree);
    }

    /// The process as a document of its own, to be executed beside the container's.
    public ObjectNode process() {
        return tree.withObjectProperty("process");
    }

    private ObjectNode linux() {
        return tree.withObjectProperty("linux");
    }

    private ObjectNode resources(String group) {
        return linux().withObjectProperty("resources").withObjectProperty(group);
    }

    public RuntimeSpec args(List<String> args) {
        Json.putTexts(process(), "args", args);
        return this;
    }

    public List<String> args() {
        return Json.texts(process(), "args", WHAT);
    }

    public List<String> env() {
        return Json.texts(process(), "env", WHAT);
    }

    /// Changes the environment: `NAME=value` replaces or adds, a bare `NAME` removes.
    public RuntimeSpec env(List<String> changes) {
        Json.putTexts(process(), "env", Environment.merge(env(), changes));
        return this;
    }

    /// Puts an image's environment beneath what is already there.
    public RuntimeSpec envBelow(List<String> image) {
        Json.putTexts(process(), "env", Environment.merge(image, env()));
        return this;
    }

    public RuntimeSpec cwd(String path) {
        process().put("cwd", path);
        return this;
    }

    public boolean terminal() {
        return process().path("terminal").asBoolean(false);
    }

    /// Gives the process a terminal, and the `TERM` that comes with it.
    public RuntimeSpec withTerminal() {
        process().put("terminal", true);
        return env(List.of("TERM=xterm"));
    }

    public RuntimeSpec terminal(boolean wanted) {
        process().put("terminal", wanted);
        return this;
    }

    /// Sets user and group; the group itself is always among the additional ones.
    public RuntimeSpec user(long uid, long gid) {
        process().withObjectProperty("user").put("uid", uid).put("gid", gid);
        return additionalGroups(List.of());
    }

    public long uid() {
        return process().path("user").path("uid").asLong(0);
    }

    public RuntimeSpec additionalGroups(List<Long> groups) {
        var user = process().withObjectProperty("user");
        var own = user.path("gid").asLong(0);
        var array = user.putArray("additionalGids").add(own);
        groups.stream().filter(group -> group != own).distinct().forEach(array::add);
        return this;
    }

    public RuntimeSpec rootPath(String path) {
        tree.withObjectProperty("root").put("path", path);
        return this;
    }

    public String rootPath() {
        return Json.text(tree.path("root"), "path", WHAT);
    }

    public RuntimeSpec readOnlyRoot() {
        tree.withObjectProperty("root").put("readonly", true);
        return this;
    }

    public RuntimeSpec hostname(String name) {
        tree.put("hostname", name);
        return this;
    }

    public RuntimeSpec annotations(Map<String, String> added) {
        var all = new LinkedHashMap<>(Json.map(tree, "annotations", WHAT));
        all.putAll(added);
        tree.remove("annotations");
        Json.putMap(tree, "annotations", all);
        return this;
    }

    public RuntimeSpec newPrivileges(boolean allowed) {
        process().put("noNewPrivileges", !allowed);
        return this;
    }

    public RuntimeSpec mount(Mount mount) {
        tree.withArrayProperty("mounts").add(DefaultSpec.mount(mount));
        return this;
    }

    /// Removes the mounts on these places.
    public RuntimeSpec withoutMounts(Set<String> destinations) {
        removeFrom(
                tree.withArrayProperty("mounts"), node -> destinations.contains(Json.text(node, "destination", WHAT)));
        return this;
    }

    /// Drops `ro` from, and adds `rw` to, the mounts of this type.
    public RuntimeSpec writable(String mountType) {
        for (var node : tree.withArrayProperty("mounts")) {
            if (node instanceof ObjectNode mount
                    && Json.text(mount, "type", WHAT).equals(mountType)) {
                var options = new ArrayList<>(Json.texts(mount, "options", WHAT));
                options.replaceAll(option -> option.equals("ro") ? "rw" : option);
                Json.putTexts(mount, "options", options);
            }
        }
        return this;
    }

    /// Leaves the container in the host's (here: the daemon's) namespace of this type.
    public RuntimeSpec hostNamespace(String type) {
        removeFrom(
                linux().withArrayProperty("namespaces"),
                node -> Json.text(node, "type", WHAT).equals(type));
        return this;
    }

    /// Puts the container into a namespace; an empty path means a new one.
    public RuntimeSpec namespace(String type, String path) {
        hostNamespace(type);
        var node = linux().withArrayProperty("namespaces").addObject().put("type", type);
        if (!path.isEmpty()) {
            node.put("path", path);
        }
        return this;
    }

    /// Runs the container in a new user namespace.
    public RuntimeSpec userNamespace(List<IdMapping> uids, List<IdMapping> gids) {
        namespace("user", "");
        putMappings("uidMappings", uids);
        putMappings("gidMappings", gids);
        return this;
    }

    private void putMappings(String member, List<IdMapping> mappings) {
        var array = linux().putArray(member);
        mappings.forEach(mapping -> array.addObject()
                .put("containerID", mapping.containerId())
                .put("hostID", mapping.hostId())
                .put("size", mapping.size()));
    }

    public RuntimeSpec addCapabilities(List<String> added) {
        return capabilities(List.of("bounding", "effective", "permitted"), set -> {
            var all = new ArrayList<>(set);
            added.stream().filter(name -> !all.contains(name)).forEach(all::add);
            return all;
        });
    }

    public RuntimeSpec dropCapabilities(List<String> dropped) {
        return capabilities(
                List.of("bounding", "effective", "permitted", "inheritable", "ambient"),
                set -> set.stream().filter(name -> !dropped.contains(name)).toList());
    }

    /// Gives the process exactly these capabilities.
    public RuntimeSpec capabilities(List<String> all) {
        return capabilities(List.of("bounding", "effective", "permitted"), _ -> all);
    }

    private RuntimeSpec capabilities(List<String> sets, UnaryOperator<List<String>> change) {
        var node = process().withObjectProperty("capabilities");
        for (var set : sets) {
            var changed = change.apply(Json.texts(node, set, WHAT));
            if (changed.isEmpty()) {
                node.remove(set);
            } else {
                Json.putTexts(node, set, changed);
            }
        }
        return this;
    }

    /// Shows all of `/proc` and `/sys`.
    public RuntimeSpec unmasked() {
        linux().remove(List.of("maskedPaths", "readonlyPaths"));
        return this;
    }

    public RuntimeSpec rlimit(String type, long soft, long hard) {
        var limits = process().withArrayProperty("rlimits");
        removeFrom(limits, node -> Json.text(node, "type", WHAT).equals(type));
        limits.addObject().put("type", type).put("hard", hard).put("soft", soft);
        return this;
    }

    /// The cgroup; empty means none is made.
    public RuntimeSpec cgroupsPath(String path) {
        if (path.isEmpty()) {
            linux().remove("cgroupsPath");
        } else {
            linux().put("cgroupsPath", path);
        }
        return this;
    }

    public RuntimeSpec memoryLimit(long bytes) {
        resources("memory").put("limit", bytes);
        return this;
    }

    public RuntimeSpec cpuShares(long shares) {
        resources("cpu").put("shares", shares);
        return this;
    }

    /// The quota in microseconds of every period; what is absent stays unset.
    public RuntimeSpec cpuQuota(OptionalLong quota, OptionalLong period) {
        quota.ifPresent(value -> resources("cpu").put("quota", value));
        period.ifPresent(value -> resources("cpu").put("period", value));
        return this;
    }

    public RuntimeSpec cpuBurst(long burst) {
        resources("cpu").put("burst", burst);
        return this;
    }

    public RuntimeSpec cpuSet(String cpus, String mems) {
        if (!cpus.isEmpty()) {
            resources("cpu").put("cpus", cpus);
        }
        if (!mems.isEmpty()) {
            resources("cpu").put("mems", mems);
        }
        return this;
    }

    /// Adds a device node and the right to use it.
    public RuntimeSpec device(Device device, String access) {
        linux().withArrayProperty("devices")
                .addObject()
                .put("path", device.path())
                .put("type", device.type())
                .put("major", device.major())
                .put("minor", device.minor())
                .put("fileMode", device.mode())
                .put("uid", device.uid())
                .put("gid", device.gid());
        deviceRules()
                .addObject()
                .put("allow", true)
                .put("type", device.type())
                .put("major", device.major())
                .put("minor", device.minor())
                .put("access", access);
        return this;
    }

    /// Allows every device, as a privileged container has it.
    public RuntimeSpec allDevices() {
        var rules = deviceRules();
        rules.removeAll();
        rules.addObject().put("allow", true).put("access", "rwm");
        return this;
    }

    private ArrayNode deviceRules() {
        return linux().withObjectProperty("resources").withArrayProperty("devices");
    }

    public RuntimeSpec rootPropagation(String mode) {
        linux().put("rootfsPropagation", mode);
        return this;
    }

    public RuntimeSpec apparmorProfile(String profile) {
        process().put("apparmorProfile", profile);
        return this;
    }

    /// Sets the system call filter, a document of its own.
    public RuntimeSpec seccomp(ObjectNode profile) {
        linux().set("seccomp", profile);
        return this;
    }

    /// Sets the engine's own filter, for the capabilities the process has by now.
    public RuntimeSpec seccompStandard(String architecture) {
        return seccomp(SeccompProfile.standard(Set.copyOf(capabilities()), architecture));
    }

    /// Sets the filter that a profile in Docker's JSON comes to, for the capabilities the process has by now.
    public RuntimeSpec seccompProfile(String json, String architecture) {
        var bytes = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return seccomp(SeccompProfile.decided(bytes, Set.copyOf(capabilities()), architecture));
    }

    /// What the process may become capable of.
    public List<String> capabilities() {
        return Json.texts(process().path("capabilities"), "bounding", WHAT);
    }

    /// Gives the container what its devices need. A device is the host's own, seen at another place: an unprivileged
    /// account cannot make one.
    public RuntimeSpec edits(CdiSpec.Edits edits) {
        env(edits.env());
        edits.devices()
                .forEach(node ->
                        mount(new Mount(node.target(), "bind", node.source(), List.of("bind", "nosuid", "noexec"))));
        edits.mounts().forEach(this::mount);
        edits.hooks().forEach(this::hook);
        edits.groups().forEach(process().withObjectProperty("user").withArrayProperty("additionalGids")::add);
        return this;
    }

    private void hook(CdiSpec.Hook hook) {
        var added = tree.withObjectProperty("hooks")
                .withArrayProperty(hook.moment())
                .addObject();
        added.put("path", hook.path());
        Json.putTexts(added, "args", hook.args());
        Json.putTexts(added, "env", hook.env());
        if (hook.timeout() > 0) {
            added.put("timeout", hook.timeout());
        }
    }

    /// Leaves the process the limits of whoever starts it.
    public RuntimeSpec withoutRlimits() {
        process().remove("rlimits");
        return this;
    }

    public RuntimeSpec umask(int mask) {
        process().withObjectProperty("user").put("umask", mask);
        return this;
    }

    public RuntimeSpec oomScoreAdj(int score) {
        process().put("oomScoreAdj", score);
        return this;
    }

    public RuntimeSpec sysctls(Map<String, String> values) {
        var sysctl = linux().withObjectProperty("sysctl");
        values.forEach(sysctl::put);
        return this;
    }

    /// Shows the host's files instead of what is mounted there, below all other mounts.
    public RuntimeSpec hostFiles(String path, boolean writable) {
        withoutMounts(Set.of(path));
        var options = List.of("rbind", "nosuid", "noexec", "nodev", writable ? "rw" : "ro", "rslave");
        tree.withArrayProperty("mounts").insert(0, DefaultSpec.mount(new Mount(path, "bind", path, options)));
        return this;
    }

    /// Sets one limit: `memory/limit`, `cpu/shares`, `pids/limit` ...
    public RuntimeSpec limit(String group, String name, long value) {
        resources(group).put(name, value);
        return this;
    }

    /// Sets values of the control group's own files (version 2).
    public RuntimeSpec unifiedLimits(Map<String, String> values) {
        var unified = resources("unified");
        values.forEach(unified::put);
        return this;
    }

    /// The limits as a document of their own.
    public byte[] resources() {
        return Json.bytes(linux().withObjectProperty("resources"));
    }

    /// The process with other words, to be executed beside the container's, without its terminal.
    public RuntimeSpec asExec(List<String> args) {
        var copy = RuntimeSpec.parse(bytes()).args(args);
        copy.process().remove("apparmorProfile");
        return copy.terminal(false);
    }

    public byte[] processBytes() {
        return Json.bytes(process());
    }

    private static void removeFrom(ArrayNode array, java.util.function.Predicate<JsonNode> unwanted) {
        for (var i = array.size() - 1; i >= 0; i--) {
            if (unwanted.test(array.get(i))) {
                array.remove(i);
            }
        }
    }
}
