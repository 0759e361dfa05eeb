package dev.coracle.runtime;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.types.TypedBytes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The parts of an OCI runtime configuration that decide how a container is run here. Everything else passes through.
final class ContainerSpec {
    /// The weight a process has when nobody says anything; `ctr` always writes it.
    private static final long DEFAULT_SHARES = 1024;

    private static final String UNDERSTOOD_VERSION = "1.0.2";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode tree;

    private ContainerSpec(ObjectNode tree) {
        this.tree = tree;
    }

    static ContainerSpec parse(TypedBytes spec) {
        return new ContainerSpec(object("container specification", spec.value()));
    }

    private static ObjectNode object(String what, byte[] json) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw new InvalidArgument("read " + what + ": not a JSON object");
        } catch (JacksonException failure) {
            throw new InvalidArgument("read " + what + ": " + failure.getOriginalMessage(), failure);
        }
    }

    /// An added process as it was given, but whether it has a terminal is said by its streams: clients give what the
    /// container's own process has.
    static byte[] process(TypedBytes process, boolean terminal) {
        var tree = object("process", process.value());
        if (tree.path("terminal").asBoolean(false) == terminal) {
            return process.value();
        }
        return JSON.writeValueAsBytes(tree.put("terminal", terminal));
    }

    /// As it was given, except for [#withoutDefaultLimits] and [#withUnderstoodVersion].
    byte[] bytes() {
        return JSON.writeValueAsBytes(tree);
    }

    /// Empty when the container is to have no control group of its own.
    String cgroupsPath() {
        return tree.path("linux").path("cgroupsPath").asString("");
    }

    /// Whether killing init ends everything in the container: it does in a PID namespace of its own.
    boolean hasOwnPidNamespace() {
        for (var namespace : tree.path("linux").path("namespaces")) {
            if (namespace.path("type").asString("").equals("pid")) {
                return namespace.path("path").asString("").isEmpty();
            }
        }
        return false;
    }

    /// The limits that are asked for: the controller that must enforce each, and the name of one of them.
    Map<String, String> limits() {
        return limits(tree.path("linux").path("resources"), "linux.resources");
    }

    /// The same for resources given alone, in an update.
    static Map<String, String> limits(TypedBytes resources) {
        return limits(object("resources", resources.value()), "resources");
    }

    private static Map<String, String> limits(JsonNode resources, String where) {
        var found = new TreeMap<String, String>();
        var memory = resources.path("memory");
        for (var name : List.of("limit", "reservation", "swap")) {
            number(found, "memory", memory, name, value -> value > 0, where + ".memory.");
        }
        var cpu = resources.path("cpu");
        number(found, "cpu", cpu, "shares", value -> value != 0 && value != DEFAULT_SHARES, where + ".cpu.");
        number(found, "cpu", cpu, "quota", value -> value > 0, where + ".cpu.");
        for (var name : List.of("cpus", "mems")) {
            if (!cpu.path(name).asString("").isEmpty()) {
                found.putIfAbsent("cpuset", where + ".cpu." + name);
            }
        }
        number(found, "pids", resources.path("pids"), "limit", value -> value > 0, where + ".pids.");
        if (!resources.path("blockIO").isEmpty()) {
            found.put("io", where + ".blockIO");
        }
        for (var page : resources.path("hugepageLimits")) {
            found.put(
                    "hugetlb",
                    where + ".hugepageLimits " + page.path("pageSize").asString(""));
        }
        for (var name : resources.path("unified").propertyNames()) {
            var controller = name.substring(0, Math.max(0, name.indexOf('.')));
            if (!controller.isEmpty() && !controller.equals("cgroup")) {
                found.putIfAbsent(controller, where + ".unified." + name);
            }
        }
        return found;
    }

    private static void number(
            Map<String, String> found, String controller, JsonNode from, String name, LongPredicate set, String where) {
        if (set.test(from.path(name).asLong(0))) {
            found.putIfAbsent(controller, where + name);
        }
    }

    /// Refuses limits that nothing would enforce.
    static void requireControllers(Map<String, String> limits, Set<String> controllers, String why, String remedy) {
        limits.forEach((controller, name) -> {
            if (!controllers.contains(controller)) {
                throw new FailedPrecondition(
                                "limit " + name + " needs the cgroup controller " + controller + ": " + why)
                        .remedy(remedy);
            }
        });
    }

    /// Names a version that every runtime takes: crun before 1.9 reads nothing but 1.0, though it knows how to pass
    /// over members that later versions brought.
    ContainerSpec withUnderstoodVersion() {
        if (tree.path("ociVersion").asString("").startsWith("1.")) {
            tree.put("ociVersion", UNDERSTOOD_VERSION);
        }
        return this;
    }

    /// Leaves out what only repeats the kernel's own defaults, which runc insists on writing even where there is no
    /// control group to write it to.
    ContainerSpec withoutDefaultLimits() {
        if (tree.path("linux").path("resources") instanceof ObjectNode resources
                && resources.path("cpu") instanceof ObjectNode cpu
                && cpu.path("shares").asLong(0) == DEFAULT_SHARES) {
            cpu.remove("shares");
            if (cpu.isEmpty()) {
                resources.remove("cpu");
            }
        }
        return this;
    }
}
