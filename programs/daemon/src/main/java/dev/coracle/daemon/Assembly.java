package dev.coracle.daemon;

import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.grpc.ContainerdServer.Ports;
import dev.coracle.containerd.grpc.Plugin;
import dev.coracle.content.DirectoryBlobs;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.types.Descriptor;
import dev.coracle.metadata.MetadataOptions;
import dev.coracle.metadata.MetadataStores;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// What the daemon consists of, put together by hand.
final class Assembly implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");

    private final MetadataStores stores;
    private final Ports ports;
    private final Snapshotters snapshotters;

    private Assembly(MetadataStores stores, Ports ports, Snapshotters snapshotters) {
        this.stores = stores;
        this.ports = ports;
        this.snapshotters = snapshotters;
    }

    /// @throws StartException when a directory below the root cannot be made
    static Assembly open(DaemonConfig config, Environment environment) throws StartException {
        var clock = InstantSource.system();
        var events = new EventBus(clock);
        var snapshotters = new Snapshotters(List.of(), config);
        var stores = MetadataStores.open(new MetadataOptions(
                below(config.root(), "io.containerd.metadata.v1.bolt").resolve("metadata.db"),
                DirectoryBlobs.open(below(config.root(), "io.containerd.content.v1.content")),
                snapshotters.openers(),
                !config.contentShared(),
                events::publish,
                clock,
                new SecureRandom(),
                Thread.ofPlatform()
                        .daemon()
                        .name("collector")
                        .uncaughtExceptionHandler(Assembly::uncaught)
                        .factory()));
        var ports =
                new Ports(new PublishingStores(stores, events), stores.collector(), new NoLayers(), events, Map.of());
        return new Assembly(stores, ports, snapshotters);
    }

    private static Path below(Path root, String plugin) throws StartException {
        var directory = root.resolve(plugin);
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StartException("make the directory " + directory + ": " + Directories.reason(e), "", e);
        }
    }

    private static void uncaught(Thread thread, Throwable failure) {
        LOG.log(Level.ERROR, "thread ended by a failure thread=" + thread.getName(), failure);
    }

    Ports ports() {
        return ports;
    }

    /// Go's word for the processor.
    String architecture() {
        var arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (arch) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> arch;
        };
    }

    /// What introspection lists: our parts under the names that containerd's plugins have, since
    /// clients look for those.
    List<Plugin> plugins() {
        var plugins = new ArrayList<>(snapshotters.plugins());
        Stream.of(
                        "content.v1.content",
                        "metadata.v1.bolt",
                        "gc.v1.scheduler",
                        "lease.v1.manager",
                        "event.v1.exchange",
                        "differ.v1.walking")
                .map(Assembly::plugin)
                .forEach(plugins::add);
        plugins.add(plugin("runtime.v2.task").withExports(Map.of("log-uri-schemes", "fifo,binary,file")));
        Stream.of("containers", "content", "diff", "images", "leases", "namespaces", "snapshots", "tasks")
                .map(service -> plugin("service.v1." + service + "-service"))
                .forEach(plugins::add);
        Stream.of(
                        "containers",
                        "content",
                        "diff",
                        "events",
                        "healthcheck",
                        "images",
                        "introspection",
                        "leases",
                        "namespaces",
                        "snapshots",
                        "tasks",
                        "version")
                .map(service -> plugin("grpc.v1." + service))
                .forEach(plugins::add);
        plugins.add(plugin("server.v1.grpc"));
        plugins.add(plugin("server.v1.ttrpc"));
        return plugins;
    }

    private static Plugin plugin(String name) {
        var dot = name.lastIndexOf('.');
        return new Plugin("io.containerd." + name.substring(0, dot), name.substring(dot + 1));
    }

    @Override
    public void close() {
        ports.runtimes().values().forEach(TaskRuntime::close);
        stores.close();
    }

    private static final class NoLayers implements LayerStore {
        @Override
        public Descriptor apply(ContentStore content, Descriptor layer, List<Mount> mounts) {
            throw new NotImplemented("apply layer " + layer.digest());
        }

        @Override
        public Descriptor diff(ContentStore content, List<Mount> lower, List<Mount> upper, DiffOptions options) {
            throw new NotImplemented("compare mounts");
        }
    }
}
