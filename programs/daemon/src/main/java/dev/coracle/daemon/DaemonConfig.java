package dev.coracle.daemon;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.GoDuration;
import dev.coracle.containerd.grpc.RestartMonitor;
import dev.coracle.daemon.ConfigTree.Entry;
import dev.coracle.metadata.CollectionPace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The configuration that the daemon runs by. Paths are absolute.
record DaemonConfig(
        Path root,
        Path state,
        LogLevel level,
        boolean jsonLogs,
        SocketConfig grpc,
        SocketConfig ttrpc,
        int largestReceived,
        int largestSent,
        List<String> disabledPlugins,
        List<String> requiredPlugins,
        boolean contentShared,
        int oomScore,
        Duration restartInterval,
        CollectionPace collection,
        Extensions extensions,
        ConfigTree tree) {
    static final String COLLECTION = "io.containerd.gc.v1.scheduler";

    private static final int LONGEST_SOCKET_PATH = 104;

    /// A socket: its file and who owns it; an id of 0 leaves the owner as it is.
    record SocketConfig(Path address, int uid, int gid) {}

    /// What the command line says over the file.
    record Overrides(Optional<String> address, Optional<String> root, Optional<String> state, Optional<String> level) {
        static final Overrides NONE =
                new Overrides(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        void apply(ConfigTree tree) {
            root.ifPresent(path -> tree.put("root", path));
            state.ifPresent(path -> tree.put("state", path));
            level.ifPresent(word -> tree.ensure("debug").put("level", word));
            address.ifPresent(path -> {
                tree.ensure("plugins", "io.containerd.server.v1.grpc").put("address", path);
                tree.ensure("plugins", "io.containerd.server.v1.ttrpc").put("address", path + ".ttrpc");
            });
        }
    }

    /// @throws ConfigException when a value cannot be used
    static DaemonConfig of(ConfigTree tree, Path workingDirectory) throws ConfigException {
        var debug = tree.table("debug");
        var grpc = tree.table("plugins", "io.containerd.server.v1.grpc");
        return new DaemonConfig(
                directory(tree, "root", workingDirectory),
                directory(tree, "state", workingDirectory),
                level(debug),
                format(debug),
                socket(tree, "io.containerd.server.v1.grpc", workingDirectory),
                socket(tree, "io.containerd.server.v1.ttrpc", workingDirectory),
                size(grpc, "max_recv_message_size"),
                size(grpc, "max_send_message_size"),
                tree.texts("disabled_plugins"),
                tree.texts("required_plugins"),
                sharing(tree.table("plugins", "io.containerd.metadata.v1.bolt")),
                oomScore(tree),
                interval(tree.table("plugins", "io.containerd.monitor.container.v1.restart")),
                collection(tree.table("plugins", COLLECTION)),
                Extensions.of(tree),
                tree);
    }

    private static Path directory(ConfigTree tree, String key, Path workingDirectory) throws ConfigException {
        var path = tree.text(key).orElse("");
        if (path.isEmpty()) {
            throw wrong(tree, key, key + " must be specified");
        }
        return workingDirectory.resolve(path).normalize();
    }

    /// How long the restart monitor waits at most; 0 is the default, as in containerd.
    private static Duration interval(ConfigTree table) throws ConfigException {
        var text = table.text("interval").orElse("");
        if (text.isEmpty()) {
            return RestartMonitor.DEFAULT_INTERVAL;
        }
        try {
            var interval = GoDuration.parse(text);
            if (!interval.isNegative()) {
                return interval.isZero() ? RestartMonitor.DEFAULT_INTERVAL : interval;
            }
        } catch (InvalidArgument _) {
            // said below, with the place
        }
        throw wrong(table, "interval", "interval \"" + text + "\" is not a duration like 10s or 1m30s");
    }

    /// When garbage is collected; values beyond their bounds are cut to them, as in containerd.
    private static CollectionPace collection(ConfigTree table) throws ConfigException {
        var standard = CollectionPace.DEFAULT;
        return new CollectionPace(
                table.decimal("pause_threshold").orElse(standard.pauseThreshold()),
                table.number("deletion_threshold").orElse(standard.deletions()),
                table.number("mutation_threshold").orElse(standard.changes()),
                duration(table, "schedule_delay", standard.delay()),
                duration(table, "startup_delay", standard.start()));
    }

    private static Duration duration(ConfigTree table, String key, Duration standard) throws ConfigException {
        var text = table.text(key).orElse("");
        try {
            return text.isEmpty() ? standard : GoDuration.parse(text);
        } catch (InvalidArgument _) {
            throw wrong(table, key, key + " \"" + text + "\" is not a duration like 100ms or 1m30s");
        }
    }

    private static SocketConfig socket(ConfigTree tree, String plugin, Path workingDirectory) throws ConfigException {
        var table = tree.table("plugins", plugin);
        var address = table.text("address").orElse("");
        if (address.isEmpty()) {
            throw wrong(table, "address", "address of " + plugin + " must be specified");
        }
        var path = workingDirectory.resolve(address).normalize();
        if (path.toString().length() > LONGEST_SOCKET_PATH) {
            throw wrong(
                    table,
                    "address",
                    "socket path " + path + " has " + path.toString().length() + " characters, more than the "
                            + LONGEST_SOCKET_PATH + " that a unix socket can have");
        }
        return new SocketConfig(
                path,
                table.number("uid").orElse(0L).intValue(),
                table.number("gid").orElse(0L).intValue());
    }

    private static LogLevel level(ConfigTree debug) throws ConfigException {
        var word = debug.text("level").orElse("");
        if (word.isEmpty()) {
            return LogLevel.INFO;
        }
        var level = LogLevel.of(word);
        if (level.isEmpty()) {
            throw wrong(debug, "level", "log level \"" + word + "\" is not one of " + LogLevel.words());
        }
        return level.get();
    }

    private static boolean format(ConfigTree debug) throws ConfigException {
        return switch (debug.text("format").orElse("")) {
            case "", "text" -> false;
            case "json" -> true;
            default ->
                throw wrong(
                        debug, "format", "log format \"" + debug.text("format").orElse("") + "\" is not text or json");
        };
    }

    private static int size(ConfigTree grpc, String key) throws ConfigException {
        var size = grpc.number(key).orElse(0L);
        if (size == 0) {
            return 16 << 20;
        }
        if (size < 1024 || size > Integer.MAX_VALUE) {
            throw wrong(grpc, key, key + " " + size + " is not between 1024 and " + Integer.MAX_VALUE + " bytes");
        }
        return size.intValue();
    }

    private static boolean sharing(ConfigTree metadata) throws ConfigException {
        var policy = metadata.text("content_sharing_policy").orElse("");
        return switch (policy) {
            case "", "shared" -> true;
            case "isolated" -> false;
            default ->
                throw wrong(
                        metadata,
                        "content_sharing_policy",
                        "content_sharing_policy \"" + policy + "\" is not shared or isolated");
        };
    }

    private static int oomScore(ConfigTree tree) throws ConfigException {
        var score = tree.number("oom_score").orElse(0L);
        if (score < -1000 || score > 1000) {
            throw wrong(tree, "oom_score", "oom_score " + score + " is not between -1000 and 1000");
        }
        return score.intValue();
    }

    private static ConfigException wrong(ConfigTree table, String key, String why) {
        var where = table.find(key).flatMap(Entry::origin).map(origin -> " " + origin);
        return new ConfigException("read configuration" + where.orElse("") + ": " + why);
    }
}
