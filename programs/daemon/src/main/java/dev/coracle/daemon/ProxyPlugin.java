package dev.coracle.daemon;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Platform;
import dev.coracle.daemon.ConfigTree.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A plugin that another program serves on a unix socket: one table of `[proxy_plugins]`.
record ProxyPlugin(
        String name,
        Kind kind,
        Path address,
        Optional<Platform> platform,
        Map<String, String> exports,
        List<String> capabilities) {
    /// Parts of this daemon that may be somebody else's, with the word and the type that containerd has for each.
    enum Kind {
        SNAPSHOTTER("snapshot", "io.containerd.snapshotter.v1"),
        CONTENT("content", "io.containerd.content.v1"),
        DIFFER("diff", "io.containerd.differ.v1"),
        SANDBOXER("sandbox", "io.containerd.sandbox.controller.v1");

        private final String word;
        private final String type;

        Kind(String word, String type) {
            this.word = word;
            this.type = type;
        }

        String type() {
            return type;
        }
    }

    private static final String SCHEME = "unix://";

    ProxyPlugin {
        exports = Map.copyOf(exports);
        capabilities = List.copyOf(capabilities);
    }

    /// The plugins in the order of the file.
    ///
    /// @throws ConfigException when a value cannot be used
    static List<ProxyPlugin> all(ConfigTree tree) throws ConfigException {
        var plugins = new ArrayList<ProxyPlugin>();
        for (var entry : tree.table("proxy_plugins").entries().entrySet()) {
            plugins.add(of(entry.getKey(), tree.table("proxy_plugins", entry.getKey())));
        }
        return List.copyOf(plugins);
    }

    private static ProxyPlugin of(String name, ConfigTree table) throws ConfigException {
        var word = table.text("type").orElse("");
        var kind = Stream.of(Kind.values())
                .filter(each -> word.equals(each.word) || word.equals(each.type))
                .findFirst()
                .orElseThrow(() ->
                        wrong(table, "type", name, "type \"" + word + "\" is not snapshot, content, diff or sandbox"));
        var text = table.text("address").orElse("");
        var address = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
        if (!address.startsWith("/")) {
            throw wrong(table, "address", name, "address \"" + text + "\" is not the absolute path of a unix socket");
        }
        var exports = new TreeMap<String, String>();
        table.table("exports").entries().forEach((key, value) -> exports.put(key, String.valueOf(value.value())));
        exports.put("address", text);
        return new ProxyPlugin(
                name, kind, Path.of(address), platform(name, table), exports, table.texts("capabilities"));
    }

    private static Optional<Platform> platform(String name, ConfigTree table) throws ConfigException {
        var text = table.text("platform").orElse("");
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Platform.parse(text, Platform.linux(System.getProperty("os.arch", ""))));
        } catch (InvalidArgument e) {
            throw wrong(table, "platform", name, e.message());
        }
    }

    private static ConfigException wrong(ConfigTree table, String key, String name, String why) {
        var where = table.find(key).flatMap(Entry::origin).map(origin -> " " + origin);
        return new ConfigException("read configuration" + where.orElse("") + ": proxy_plugins." + name + ": " + why);
    }

    /// As in `disabled_plugins` and `required_plugins`.
    String uri() {
        return kind.type + "." + name;
    }
}
