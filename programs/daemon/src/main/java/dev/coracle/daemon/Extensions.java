package dev.coracle.daemon;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.GoDuration;
import dev.coracle.daemon.ConfigTree.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a person's own programs do for the daemon, as the configuration names them.
///
/// @param differs who unpacks layers, in the order in which they are asked
record Extensions(
        List<ProxyPlugin> proxies, List<Processor> processors, Verification verification, List<String> differs) {
    static final String VERIFIER = "io.containerd.image-verifier.v1.bindir";
    static final String DIFF_SERVICE = "io.containerd.service.v1.diff-service";

    /// One table of `[stream_processors]`; the path may be a name to be looked for.
    record Processor(
            String id,
            List<String> accepts,
            String returns,
            String path,
            List<String> arguments,
            List<String> environment) {}

    /// The programs that images are shown to before they are pulled.
    ///
    /// @param most how many are asked, the first in the order of their names; below zero all
    /// @param atMost how long each may think
    record Verification(Path folder, long most, Duration atMost) {}

    Extensions {
        proxies = List.copyOf(proxies);
        processors = List.copyOf(processors);
        differs = List.copyOf(differs);
    }

    /// @throws ConfigException when a value cannot be used
    static Extensions of(ConfigTree tree) throws ConfigException {
        var processors = new ArrayList<Processor>();
        for (var id : tree.table("stream_processors").entries().keySet()) {
            processors.add(processor(id, tree.table("stream_processors", id)));
        }
        return new Extensions(
                ProxyPlugin.all(tree),
                processors,
                verification(tree.table("plugins", VERIFIER)),
                differs(tree.table("plugins", DIFF_SERVICE)));
    }

    private static Processor processor(String id, ConfigTree table) throws ConfigException {
        for (var key : List.of("returns", "path")) {
            if (table.text(key).orElse("").isEmpty()) {
                throw wrong(table, key, "stream_processors." + id + ": " + key + " must be specified");
            }
        }
        return new Processor(
                id,
                table.texts("accepts"),
                table.text("returns").orElse(""),
                table.text("path").orElse(""),
                table.texts("args"),
                table.texts("env"));
    }

    private static Verification verification(ConfigTree table) throws ConfigException {
        var text = table.text("per_verifier_timeout").orElse("");
        var folder = Path.of(table.text("bin_dir").orElse(""));
        try {
            var atMost = GoDuration.parse(text);
            if (!atMost.isNegative() && !atMost.isZero()) {
                return new Verification(folder, table.number("max_verifiers").orElse(0L), atMost);
            }
        } catch (InvalidArgument _) {
            // said below, with the place
        }
        throw wrong(
                table,
                "per_verifier_timeout",
                "per_verifier_timeout \"" + text + "\" is not a duration like 10s or 1m30s");
    }

    private static List<String> differs(ConfigTree table) throws ConfigException {
        var differs = table.texts("default");
        if (differs.isEmpty()) {
            throw wrong(table, "default", "default of " + DIFF_SERVICE + " names no differ");
        }
        return differs;
    }

    private static ConfigException wrong(ConfigTree table, String key, String why) {
        Optional<String> where = table.find(key).flatMap(Entry::origin).map(origin -> " " + origin);
        return new ConfigException("read configuration" + where.orElse("") + ": " + why);
    }
}
