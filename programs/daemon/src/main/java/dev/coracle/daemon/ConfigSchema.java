package dev.coracle.daemon;

import dev.coracle.daemon.ConfigTree.Entry;
import dev.coracle.metadata.CollectionPace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The keys of `config.toml` that this daemon reads, with their types and defaults: what
/// `config default` prints, what a file is checked against, and where a misspelt key finds its
/// neighbour.
final class ConfigSchema {
    /// The tables by their path; the names in `plugins` contain dots themselves.
    private static final Map<List<String>, Map<String, Object>> TABLES = tables();

    /// Tables of containerd with names of the user's choice that mean nothing to this daemon yet.
    private static final List<String> FREE = List.of("cgroup");

    /// Tables of tables with names of the user's choice, and the keys of each.
    private static final Map<String, Map<String, Object>> NAMED = Map.of(
            "proxy_plugins",
            keys("type", "", "address", "", "platform", "", "exports", new ConfigTree(), "capabilities", List.of()),
            "stream_processors",
            keys("accepts", List.of(), "returns", "", "path", "", "args", List.of(), "env", List.of()));

    /// Keys of containerd that files carry with their defaults; another value is not honoured.
    private static final Map<List<String>, Map<String, Object>> INERT = Map.of(
            List.of(), Map.of("temp", "", "plugin_dir", ""),
            List.of("debug"), Map.of("log_trace_id", false),
            List.of("plugins", "io.containerd.metadata.v1.bolt"), Map.of("no_sync", false),
            List.of("plugins", Extensions.DIFF_SERVICE), Map.of("sync_fs", false),
            List.of("timeouts"),
                    Map.of(
                            "io.containerd.timeout.bolt.open",
                            "0s",
                            "io.containerd.timeout.cri.defercleanup",
                            "1m0s",
                            "io.containerd.timeout.metrics.shimstats",
                            "2s",
                            "io.containerd.timeout.shim.cleanup",
                            "5s",
                            "io.containerd.timeout.shim.load",
                            "5s",
                            "io.containerd.timeout.shim.shutdown",
                            "3s",
                            "io.containerd.timeout.task.state",
                            "2s"),
            List.of("plugins", "io.containerd.snapshotter.v1.overlayfs"),
                    Map.of(
                            "upperdir_label",
                            false,
                            "sync_remove",
                            false,
                            "slow_chown",
                            false,
                            "mount_options",
                            List.of()));

    private ConfigSchema() {}

    private static Map<List<String>, Map<String, Object>> tables() {
        var tables = new LinkedHashMap<List<String>, Map<String, Object>>();
        tables.put(
                List.of(),
                keys(
                        "version",
                        (long) ConfigMigration.NEWEST,
                        "root",
                        "/var/lib/containerd",
                        "state",
                        "/run/containerd",
                        "temp",
                        "",
                        "disabled_plugins",
                        List.of(),
                        "required_plugins",
                        List.of(),
                        "oom_score",
                        0L,
                        "imports",
                        List.of("/etc/containerd/conf.d/*.toml")));
        tables.put(List.of("debug"), keys("level", "", "format", ""));
        plugin(
                tables,
                Extensions.VERIFIER,
                keys(
                        "bin_dir",
                        "/opt/containerd/image-verifier/bin",
                        "max_verifiers",
                        10L,
                        "per_verifier_timeout",
                        "10s"));
        plugin(
                tables,
                DaemonConfig.COLLECTION,
                keys(
                        "pause_threshold",
                        CollectionPace.DEFAULT.pauseThreshold(),
                        "deletion_threshold",
                        CollectionPace.DEFAULT.deletions(),
                        "mutation_threshold",
                        CollectionPace.DEFAULT.changes(),
                        "schedule_delay",
                        "0s",
                        "startup_delay",
                        "1s"));
        plugin(tables, "io.containerd.monitor.container.v1.restart", keys("interval", "10s"));
        plugin(
                tables,
                "io.containerd.server.v1.grpc",
                keys(
                        "address", "/run/containerd/containerd.sock",
                        "uid", 0L,
                        "gid", 0L,
                        "max_recv_message_size", 16_777_216L,
                        "max_send_message_size", 16_777_216L));
        plugin(
                tables,
                "io.containerd.server.v1.ttrpc",
                keys("address", "/run/containerd/containerd.sock.ttrpc", "uid", 0L, "gid", 0L));
        plugin(tables, "io.containerd.server.v1.metrics", keys("address", "", "grpc_histogram", false));
        plugin(tables, Extensions.DIFF_SERVICE, keys("default", List.of("walking")));
        plugin(tables, "io.containerd.snapshotter.v1.fuse-overlayfs", keys("root_path", ""));
        plugin(tables, "io.containerd.snapshotter.v1.native", keys("root_path", ""));
        plugin(tables, "io.containerd.snapshotter.v1.overlayfs", keys("root_path", ""));
        return tables;
    }

    private static void plugin(Map<List<String>, Map<String, Object>> tables, String name, Map<String, Object> keys) {
        tables.put(List.of("plugins", name), keys);
    }

    private static Map<String, Object> keys(Object... pairs) {
        var keys = new LinkedHashMap<String, Object>();
        for (var at = 0; at < pairs.length; at += 2) {
            keys.put((String) pairs[at], pairs[at + 1]);
        }
        return keys;
    }

    /// A new tree of all defaults.
    static ConfigTree defaults() {
        var tree = new ConfigTree();
        TABLES.forEach((path, keys) -> keys.forEach(tree.ensure(path.toArray(String[]::new))::put));
        return tree;
    }

    /// Checks types.
    ///
    /// @return what is not known here, each a warning with its place
    /// @throws ConfigException when a value has the wrong type
    static List<String> check(ConfigTree tree) throws ConfigException {
        var warnings = new ArrayList<String>();
        var paths = new java.util.LinkedHashSet<>(TABLES.keySet());
        paths.addAll(INERT.keySet());
        for (var path : paths) {
            check(path, TABLES.getOrDefault(path, Map.of()), tree.table(path.toArray(String[]::new)), warnings);
        }
        FREE.forEach(name -> warnings.addAll(ignored(tree, name)));
        for (var named : NAMED.entrySet()) {
            for (var entry : tree.table(named.getKey()).entries().entrySet()) {
                require(name(List.of(named.getKey()), entry.getKey()), new ConfigTree(), entry.getValue());
                var path = List.of(named.getKey(), entry.getKey());
                check(path, named.getValue(), tree.table(named.getKey(), entry.getKey()), warnings);
            }
        }
        var unused = tree.table("plugins").entries().keySet().stream()
                .filter(plugin -> !TABLES.containsKey(List.of("plugins", plugin)))
                .filter(plugin -> !INERT.containsKey(List.of("plugins", plugin)))
                .toList();
        if (!unused.isEmpty()) {
            warnings.add(
                    "configuration of plugins that this daemon does not have is ignored: " + String.join(", ", unused));
        }
        return warnings;
    }

    private static void check(List<String> path, Map<String, Object> known, ConfigTree table, List<String> warnings)
            throws ConfigException {
        for (var entry : table.entries().entrySet()) {
            var key = entry.getKey();
            var type = known.get(key);
            if (type != null) {
                require(name(path, key), type, entry.getValue());
            } else if (inert(path).containsKey(key)) {
                inert(path, key, entry.getValue()).ifPresent(warnings::add);
            } else if (!(path.isEmpty() && isTable(key))) {
                warnings.add("unknown key " + name(path, key) + " is ignored ("
                        + entry.getValue().origin().map(Object::toString).orElse("default") + ")"
                        + neighbour(key, known)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            }
        }
    }

    private static Map<String, Object> inert(List<String> path) {
        return INERT.getOrDefault(path, Map.of());
    }

    private static Optional<String> inert(List<String> path, String key, Entry entry) {
        return entry.value().equals(inert(path).get(key))
                ? Optional.empty()
                : Optional.of(name(path, key) + " is not honoured by this daemon"
                        + entry.origin().map(origin -> " (" + origin + ")").orElse(""));
    }

    private static List<String> ignored(ConfigTree tree, String table) {
        return tree.table(table).entries().entrySet().stream()
                .filter(entry -> !"".equals(entry.getValue().value()))
                .map(entry -> name(List.of(table), entry.getKey()) + " is not honoured by this daemon"
                        + entry.getValue()
                                .origin()
                                .map(origin -> " (" + origin + ")")
                                .orElse(""))
                .toList();
    }

    private static boolean isTable(String key) {
        return FREE.contains(key)
                || NAMED.containsKey(key)
                || key.equals("plugins")
                || TABLES.containsKey(List.of(key))
                || INERT.containsKey(List.of(key));
    }

    private static void require(String name, Object type, Entry entry) throws ConfigException {
        var fits = switch (type) {
            case String _ -> entry.value() instanceof String;
            case Long _ -> entry.value() instanceof Long;
            case Double _ -> entry.value() instanceof Double || entry.value() instanceof Long;
            case Boolean _ -> entry.value() instanceof Boolean;
            case ConfigTree _ -> entry.value() instanceof ConfigTree;
            default -> entry.value() instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
        };
        if (!fits) {
            throw new ConfigException("read configuration "
                    + entry.origin().map(Object::toString).orElse("default") + ": " + name + " must be " + word(type)
                    + ", not " + word(entry.value()));
        }
    }

    private static String word(Object value) {
        return switch (value) {
            case String _ -> "a string";
            case Long _ -> "an integer";
            case Double _ -> "a number";
            case Boolean _ -> "true or false";
            case ConfigTree _ -> "a table";
            case List<?> _ -> "a list of strings";
            default -> "a date";
        };
    }

    static String name(List<String> path, String key) {
        return Stream.concat(path.stream(), Stream.of(key))
                .map(part -> part.contains(".") ? "\"" + part + "\"" : part)
                .collect(Collectors.joining("."));
    }

    private static Optional<String> neighbour(String key, Map<String, Object> known) {
        return known.keySet().stream()
                .filter(candidate -> distance(key, candidate) <= 2)
                .findFirst();
    }

    /// How many letters must be added, removed or exchanged.
    private static int distance(String left, String right) {
        var row = new int[right.length() + 1];
        for (var j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (var i = 1; i <= left.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.length(); j++) {
                var above = row[j];
                var same = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + same);
                diagonal = above;
            }
        }
        return row[right.length()];
    }
}
