package dev.coracle.daemon;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.Support;
import dev.coracle.base.Support.Unusable;
import dev.coracle.base.Support.Usable;
import dev.coracle.containerd.grpc.Plugin;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotterDriver;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The snapshotters of this daemon. Each is tried for real when somebody first wants to know or
/// use it, and says why when it cannot be used on this machine.
final class Snapshotters {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");
    private static final String TYPE = "io.containerd.snapshotter.v1";

    private final Map<String, Tried> byName = new LinkedHashMap<>();

    private record Tried(SnapshotterDriver driver, Path root, boolean disabled, Once<Support> support) {}

    /// @param plugged those of other programs, each in the place of one of ours that is disabled or beside them
    Snapshotters(List<SnapshotterDriver> drivers, List<SnapshotterDriver> plugged, DaemonConfig config) {
        for (var driver : Stream.concat(drivers.stream(), plugged.stream()).toList()) {
            var plugin = TYPE + "." + driver.name();
            var chosen =
                    config.tree().table("plugins", plugin).text("root_path").orElse("");
            var root = chosen.isEmpty() ? config.root().resolve(plugin) : Path.of(chosen);
            var disabled = !plugged.contains(driver) && config.disabledPlugins().contains(plugin);
            byName.put(driver.name(), new Tried(driver, root, disabled, new Once<>(() -> probe(driver, root))));
        }
    }

    /// Finds out what works here before a client asks: introspection is on the way of every first call.
    void probeAhead() {
        byName.forEach((name, tried) -> {
            if (!tried.disabled()) {
                Thread.ofPlatform()
                        .daemon()
                        .name("probe-" + name)
                        .uncaughtExceptionHandler(
                                (_, failure) -> LOG.log(Level.ERROR, "try snapshotter " + name, failure))
                        .start(() -> LOG.log(
                                Level.DEBUG,
                                "snapshotter " + name + " " + tried.support().get()));
            }
        });
    }

    private static Support probe(SnapshotterDriver driver, Path root) {
        try {
            Files.createDirectories(root);
            return driver.probe(root);
        } catch (IOException e) {
            return new Unusable("make the directory " + root + ": " + Directories.reason(e), "");
        }
    }

    /// What the metadata opens when it first needs a snapshotter.
    Map<String, Supplier<SnapshotTrees>> openers() {
        var openers = new LinkedHashMap<String, Supplier<SnapshotTrees>>();
        byName.forEach((name, tried) -> {
            if (!tried.disabled()) {
                openers.put(name, () -> open(name, tried));
            }
        });
        return openers;
    }

    private static SnapshotTrees open(String name, Tried tried) {
        return switch (tried.support().get()) {
            case Usable _ -> tried.driver().open(tried.root());
            case Unusable(var reason, var remedy) -> {
                EngineException failure =
                        new FailedPrecondition("snapshotter " + name + " cannot be used here: " + reason);
                throw remedy.isEmpty() ? failure : failure.remedy(remedy);
            }
        };
    }

    /// The one that is used when nobody names one: the fastest that works here.
    String preferred() {
        for (var name : List.of("overlayfs", "fuse-overlayfs")) {
            var tried = byName.get(name);
            if (tried != null && !tried.disabled() && tried.support().get() instanceof Usable) {
                return name;
            }
        }
        LOG.log(
                Level.WARNING,
                "snapshotter native is used, which copies every image: overlayfs and fuse-overlayfs do not work here"
                        + " (see plugins)");
        return "native";
    }

    /// How introspection lists them.
    List<Plugin> plugins() {
        var plugins = new ArrayList<Plugin>();
        byName.forEach((name, tried) -> {
            var plugin = new Plugin(TYPE, name)
                    .withExports(tried.driver().exports(tried.root()))
                    .withCapabilities(tried.driver().capabilities());
            plugins.add(
                    tried.disabled()
                            ? plugin.withInitError("disabled by the configuration: skip plugin")
                            : switch (tried.support().get()) {
                                case Usable _ -> plugin;
                                case Unusable unusable -> plugin.withInitError(unusable.reason() + ": skip plugin");
                            });
        });
        return plugins;
    }
}
