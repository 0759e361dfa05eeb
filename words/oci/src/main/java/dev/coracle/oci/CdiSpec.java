package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A specification of the Container Device Interface (CDI, SPEC.md): what a container is given to
/// use the devices of one kind.
///
/// @param kind vendor and class: `nvidia.com/gpu`
/// @param always what every container with one of the devices is given, before what the devices give
public record CdiSpec(String kind, Edits always, Map<String, Edits> devices) {
    private static final Pattern KIND =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?/[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");
    private static final List<String> MOMENTS =
            List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");
    private static final YAMLMapper YAML = new YAMLMapper();

    public CdiSpec {
        devices = Map.copyOf(devices);
    }

    /// Changes to a container.
    ///
    /// @param env `NAME=value`
    /// @param devices nodes of the host
    /// @param hooks what the runtime runs, as the runtime's specification has it, by its moment (`createContainer`)
    public record Edits(
            List<String> env, List<Node> devices, List<RuntimeSpec.Mount> mounts, List<Hook> hooks, List<Long> groups) {
        public static final Edits NONE = new Edits(List.of(), List.of(), List.of(), List.of(), List.of());

        public Edits {
            env = List.copyOf(env);
            devices = List.copyOf(devices);
            mounts = List.copyOf(mounts);
            hooks = List.copyOf(hooks);
            groups = List.copyOf(groups);
        }
    }

    /// A device of the host and where the container finds it.
    public record Node(String source, String target) {}

    /// A program that the runtime runs on the host.
    ///
    /// @param timeout in seconds, 0 for none
    public record Hook(String moment, String path, List<String> args, List<String> env, long timeout) {
        public Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }

    /// Whether a word is a device's full name, `vendor/class=device`.
    public static boolean isName(String word) {
        var equals = word.indexOf('=');
        return equals > 0
                && KIND.matcher(word.substring(0, equals)).matches()
                && NAME.matcher(word.substring(equals + 1)).matches();
    }

    /// Reads a specification in YAML or JSON, which is YAML, too.
    ///
    /// @param what names the document in messages
    /// @throws InvalidArgument when it is malformed or says what is not understood
    public static CdiSpec parse(byte[] text, String what) {
        if (text.length > Json.LARGEST) {
            throw new InvalidArgument(what + " is " + text.length + " bytes, more than the limit of " + Json.LARGEST);
        }
        var document = read(text, what);
        var version = Json.text(document, "cdiVersion", what);
        if (!version.matches("(0\\.[3-9]|1\\.[0-9]+)\\.[0-9]+")) {
            throw new InvalidArgument(what + ": version \"" + version + "\" of CDI is not known");
        }
        var kind = Json.text(document, "kind", what);
        if (!KIND.matcher(kind).matches()) {
            throw new InvalidArgument(what + ": kind \"" + kind + "\" is not of the form vendor/class");
        }
        var devices = new LinkedHashMap<String, Edits>();
        Json.elements(document.path("devices"), what + ": devices", device -> {
            var name = Json.text(device, "name", what);
            if (!NAME.matcher(name).matches()) {
                throw new InvalidArgument(what + ": \"" + name + "\" is no name of a device");
            }
            if (devices.put(name, edits(device.path("containerEdits"), what)) != null) {
                throw new InvalidArgument(what + ": device " + name + " is there twice");
            }
            return name;
        });
        return new CdiSpec(kind, edits(document.path("containerEdits"), what), devices);
    }

    private static JsonNode read(byte[] text, String what) {
        try {
            return YAML.readTree(text);
        } catch (JacksonException e) {
            var reason = Optional.ofNullable(e.getOriginalMessage()).orElse("unreadable");
            throw new InvalidArgument(
                    what + " is not valid YAML: " + reason.lines().findFirst().orElse(""), e);
        }
    }

    private static Edits edits(JsonNode edits, String what) {
        return new Edits(
                Json.texts(edits, "env", what),
                Json.elements(edits.path("deviceNodes"), what + ": deviceNodes", node -> node(node, what)),
                Json.elements(edits.path("mounts"), what + ": mounts", mount -> mount(mount, what)),
                Json.elements(edits.path("hooks"), what + ": hooks", hook -> hook(hook, what)),
                Json.elements(edits.path("additionalGids"), what + ": additionalGids", JsonNode::asLong));
    }

    private static Node node(JsonNode node, String what) {
        var path = absolute(Json.text(node, "path", what), what);
        var source = Json.text(node, "hostPath", what);
        return new Node(source.isEmpty() ? path : absolute(source, what), path);
    }

    private static RuntimeSpec.Mount mount(JsonNode mount, String what) {
        var options = Json.texts(mount, "options", what);
        var type = Json.text(mount, "type", what);
        return new RuntimeSpec.Mount(
                absolute(Json.text(mount, "containerPath", what), what),
                type.isEmpty() ? "bind" : type,
                absolute(Json.text(mount, "hostPath", what), what),
                options.isEmpty() ? List.of("rbind", "ro", "nosuid", "nodev") : options);
    }

    private static Hook hook(JsonNode hook, String what) {
        var moment = Json.text(hook, "hookName", what);
        if (!MOMENTS.contains(moment)) {
            throw new InvalidArgument(what + ": hook \"" + moment + "\" is none of " + String.join(", ", MOMENTS));
        }
        return new Hook(
                moment,
                absolute(Json.text(hook, "path", what), what),
                Json.texts(hook, "args", what),
                Json.texts(hook, "env", what),
                Json.whole(hook, "timeout", what));
    }

    private static String absolute(String path, String what) {
        if (!path.startsWith("/")) {
            throw new InvalidArgument(what + ": \"" + path + "\" is no absolute path");
        }
        return path;
    }
}
