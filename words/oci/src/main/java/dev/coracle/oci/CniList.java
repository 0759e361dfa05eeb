package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotImplemented;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A network as a CNI configuration describes it: plugins that are run one after the other (CNI's
/// SPEC.md, section 1). What is not known here stays in the document and reaches the plugins.
///
/// @param version the specification's that the plugins are to speak
/// @param types the plugins, in the order they are run
public record CniList(String name, String version, List<String> types, String document) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.+-]{0,127}");
    private static final List<String> VERSIONS = List.of("1.1.0", "1.0.0", "0.4.0", "0.3.1", "0.3.0");
    private static final String PLUGINS = "plugins";
    private static final String VERSION = "cniVersion";

    public CniList {
        types = List.copyOf(types);
    }

    /// What is asked for beside the file; each reaches those plugins that say they take it.
    ///
    /// @param addresses with or without a prefix length
    /// @param mac empty: not asked for
    /// @param aliases more names on this network
    public record Wishes(List<String> addresses, String mac, List<String> aliases) {
        public Wishes {
            addresses = List.copyOf(addresses);
            aliases = List.copyOf(aliases);
        }
    }

    /// Reads a list (`.conflist`), or the one plugin of a file of the older kind as a list.
    ///
    /// @param what names the document in messages
    /// @throws InvalidArgument when it is malformed
    /// @throws NotImplemented for a version of the specification that is not known
    public static CniList parse(byte[] text, String what) {
        var read = Json.object(text, what);
        var document = read.has(PLUGINS) ? read : single(read);
        var name = Json.text(document, "name", what);
        if (!NAME.matcher(name).matches()) {
            throw new InvalidArgument(what + ": \"" + name + "\" is no name of a network");
        }
        var types = Json.elements(document.path(PLUGINS), what + ": plugins", plugin -> type(plugin, what));
        if (types.isEmpty()) {
            throw new InvalidArgument(what + ": it names no plugins");
        }
        return new CniList(name, version(document, what), types, write(document));
    }

    private static ObjectNode single(ObjectNode plugin) {
        var list = Json.object();
        list.set("name", plugin.path("name"));
        list.set(VERSION, plugin.path(VERSION));
        list.putArray(PLUGINS).add(plugin);
        return list;
    }

    private static String type(JsonNode plugin, String what) {
        var type = Json.text(plugin, "type", what);
        if (!TYPE.matcher(type).matches()) {
            throw new InvalidArgument(what + ": \"" + type + "\" is no name of a plugin");
        }
        return type;
    }

    private static String version(JsonNode document, String what) {
        var several = Json.texts(document, "cniVersions", what);
        var one = Json.text(document, VERSION, what);
        var offered = several.isEmpty() ? List.of(one) : several;
        return VERSIONS.stream()
                .filter(offered::contains)
                .findFirst()
                .orElseThrow(() -> new NotImplemented(
                        what + ": cniVersion \"" + one + "\" is none of " + String.join(", ", VERSIONS)));
    }

    /// What one plugin reads from standard input (SPEC.md, section "Deriving execution
    /// configuration").
    ///
    /// @param previous what the plugin before it answered, or the whole list when it is undone
    public String config(int plugin, Optional<CniResult> previous, Wishes wishes) {
        var list = Json.object(document.getBytes(StandardCharsets.UTF_8), name);
        var config = (ObjectNode) list.path(PLUGINS).path(plugin);
        var capabilities = config.path("capabilities");
        config.put("name", name);
        config.put(VERSION, version);
        config.remove("capabilities");
        var runtime = runtime(capabilities, wishes);
        if (!runtime.isEmpty()) {
            config.set("runtimeConfig", runtime);
        }
        previous.ifPresent(result -> config.set("prevResult", result.node()));
        return write(config);
    }

    private ObjectNode runtime(JsonNode capabilities, Wishes wishes) {
        var runtime = Json.object();
        if (capabilities.path("ips").asBoolean(false) && !wishes.addresses().isEmpty()) {
            Json.putTexts(runtime, "ips", wishes.addresses());
        }
        if (capabilities.path("mac").asBoolean(false) && !wishes.mac().isEmpty()) {
            runtime.put("mac", wishes.mac());
        }
        if (capabilities.path("aliases").asBoolean(false) && !wishes.aliases().isEmpty()) {
            Json.putTexts(runtime.putObject("aliases"), name, wishes.aliases());
        }
        return runtime;
    }

    private static String write(JsonNode node) {
        return new String(Json.bytes(node), StandardCharsets.UTF_8);
    }
}
