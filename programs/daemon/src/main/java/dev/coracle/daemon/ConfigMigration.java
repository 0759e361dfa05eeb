package dev.coracle.daemon;

import dev.coracle.daemon.ConfigTree.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings the layout of an older configuration to the newest version, 4.
///
/// Version 1 names plugins by their short ids. Version 4 has the sockets as plugins. What lies
/// between (the division of CRI's table in version 3) concerns nothing that is read here.
final class ConfigMigration {
    static final int NEWEST = 4;

    private static final String GRPC = "io.containerd.server.v1.grpc";
    private static final String TCP = "io.containerd.server.v1.grpc-tcp";
    private static final String TTRPC = "io.containerd.server.v1.ttrpc";
    private static final String DEBUG = "io.containerd.server.v1.debug";
    private static final String METRICS = "io.containerd.server.v1.metrics";

    private static final Map<String, String> SHORT_IDS = Map.ofEntries(
            Map.entry("cri", "io.containerd.grpc.v1.cri"),
            Map.entry("cgroups", "io.containerd.monitor.v1.cgroups"),
            Map.entry("linux", "io.containerd.runtime.v1.linux"),
            Map.entry("scheduler", "io.containerd.gc.v1.scheduler"),
            Map.entry("bolt", "io.containerd.metadata.v1.bolt"),
            Map.entry("task", "io.containerd.runtime.v2.task"),
            Map.entry("opt", "io.containerd.internal.v1.opt"),
            Map.entry("restart", "io.containerd.internal.v1.restart"),
            Map.entry("tracing", "io.containerd.internal.v1.tracing"),
            Map.entry("otlp", "io.containerd.tracing.processor.v1.otlp"),
            Map.entry("aufs", "io.containerd.snapshotter.v1.aufs"),
            Map.entry("btrfs", "io.containerd.snapshotter.v1.btrfs"),
            Map.entry("devmapper", "io.containerd.snapshotter.v1.devmapper"),
            Map.entry("native", "io.containerd.snapshotter.v1.native"),
            Map.entry("overlayfs", "io.containerd.snapshotter.v1.overlayfs"),
            Map.entry("zfs", "io.containerd.snapshotter.v1.zfs"));

    private ConfigMigration() {}

    /// @throws ConfigException when the version is not one of 1 to 4
    static void migrate(ConfigTree tree, Path file) throws ConfigException {
        var version = version(tree, file);
        if (version == 1) {
            fullIds(tree);
        }
        if (version < NEWEST) {
            sockets(tree);
            restart(tree);
        }
        tree.put("version", (long) NEWEST);
    }

    private static long version(ConfigTree tree, Path file) throws ConfigException {
        var entry = tree.find("version");
        if (entry.isEmpty()) {
            return 1;
        }
        if (entry.get().value() instanceof Long number && number >= 0 && number <= NEWEST) {
            return Math.max(number, 1);
        }
        var where = entry.get().origin().map(Object::toString).orElse(file.toString());
        throw new ConfigException(
                "read configuration " + where + ": version " + entry.get().value() + " is not one of 1, 2, 3, 4");
    }

    private static void fullIds(ConfigTree tree) {
        var plugins = tree.table("plugins");
        for (var id : List.copyOf(plugins.entries().keySet())) {
            plugins.remove(id).ifPresent(entry -> plugins.put(fullId(id), entry));
        }
        for (var key : List.of("disabled_plugins", "required_plugins")) {
            tree.find(key).ifPresent(entry -> {
                var full = new ArrayList<Object>();
                tree.texts(key).forEach(id -> full.add(fullId(id)));
                tree.put(key, new Entry(full, entry.origin()));
            });
        }
    }

    private static String fullId(String id) {
        if (id.contains(".")) {
            return id;
        }
        if (id.endsWith("-service")) {
            return "io.containerd.service.v1." + id;
        }
        return SHORT_IDS.getOrDefault(id, "io.containerd.grpc.v1." + id);
    }

    private static void sockets(ConfigTree tree) {
        var grpc = tree.remove("grpc").map(ConfigMigration::table).orElseGet(ConfigTree::new);
        var ttrpc = tree.remove("ttrpc").map(ConfigMigration::table).orElseGet(ConfigTree::new);
        // Before version 4 the twin's address follows from the other, and so do its owners.
        grpc.text("address").filter(address -> !address.isEmpty()).ifPresent(address -> {
            if (ttrpc.text("address").orElse("").isEmpty()) {
                ttrpc.put("address", address + ".ttrpc");
            }
            for (var owner : List.of("uid", "gid")) {
                if (ttrpc.number(owner).orElse(0L) == 0) {
                    grpc.find(owner).ifPresent(entry -> ttrpc.put(owner, entry));
                }
            }
        });
        move(
                grpc,
                tree,
                TCP,
                Map.of(
                        "tcp_address", "address",
                        "tcp_tls_ca", "tls_ca",
                        "tcp_tls_cert", "tls_cert",
                        "tcp_tls_key", "tls_key",
                        "tcp_tls_common_name", "tls_common_name"));
        everything(grpc, tree, GRPC);
        everything(ttrpc, tree, TTRPC);
        move(tree.table("debug"), tree, DEBUG, Map.of("address", "address", "uid", "uid", "gid", "gid"));
        everything(tree.remove("metrics").map(ConfigMigration::table).orElseGet(ConfigTree::new), tree, METRICS);
    }

    private static void restart(ConfigTree tree) {
        tree.table("plugins")
                .remove("io.containerd.internal.v1.restart")
                .ifPresent(entry -> everything(table(entry), tree, "io.containerd.monitor.container.v1.restart"));
    }

    private static ConfigTree table(Entry entry) {
        return entry.value() instanceof ConfigTree table ? table : new ConfigTree();
    }

    private static void move(ConfigTree from, ConfigTree tree, String plugin, Map<String, String> keys) {
        keys.forEach((old, now) -> {
            Optional<Entry> entry = from.remove(old);
            entry.ifPresent(value -> tree.ensure("plugins", plugin).put(now, value));
        });
    }

    private static void everything(ConfigTree from, ConfigTree tree, String plugin) {
        if (!from.isEmpty() && tree.table("plugins", plugin).isEmpty()) {
            from.entries().forEach(tree.ensure("plugins", plugin)::put);
        }
    }
}
