package dev.coracle.daemon;

import dev.coracle.base.EngineException;
import dev.coracle.base.Platform;
import dev.coracle.cni.CniNetworks;
import dev.coracle.containerd.grpc.ContainerdServer.Ports;
import dev.coracle.containerd.grpc.DaemonIdentity;
import dev.coracle.containerd.grpc.Plugin;
import dev.coracle.containerd.grpc.RestartMonitor;
import dev.coracle.containerd.grpc.SandboxRecords;
import dev.coracle.content.DirectoryBlobs;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.records.Records;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.engine.Engine;
import dev.coracle.engine.StoredEngine;
import dev.coracle.engine.images.ImagePorts;
import dev.coracle.layers.LayerLimits;
import dev.coracle.layers.StreamProcessor;
import dev.coracle.layers.StreamPrograms;
import dev.coracle.layers.TarLayerStore;
import dev.coracle.metadata.MetadataOptions;
import dev.coracle.metadata.MetadataStores;
import dev.coracle.mounts.LinuxMounter;
import dev.coracle.mounts.MountFolders;
import dev.coracle.network.BridgeNetworks;
import dev.coracle.network.NetworkSettings;
import dev.coracle.processes.Spawner;
import dev.coracle.registry.HttpRegistries;
import dev.coracle.registry.Proxies;
import dev.coracle.registry.RegistryOptions;
import dev.coracle.registry.Tls;
import dev.coracle.runtime.ConmonRuntime;
import dev.coracle.runtime.RuntimeSettings;
import dev.coracle.shim.ShimRuntime;
import dev.coracle.shim.ShimSettings;
import dev.coracle.snapshots.fuse.FuseOverlayDriver;
import dev.coracle.snapshots.nativefs.NativeDriver;
import dev.coracle.snapshots.overlay.OverlayDriver;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What the daemon consists of, put together by hand.
final class Assembly {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");

    /// A parameter that the root of a network namespace's user namespace may set, and nobody else.
    private static final Path OF_OUR_OWN_NETWORK = Path.of("/proc/sys/net/ipv4/ip_forward");

    private final DaemonConfig config;
    private final Environment environment;
    private final Snapshotters snapshotters;
    private final PluggedIn plugged;
    private final MetadataStores stores;
    private final RoutedTasks tasks;
    private final Networks networks;
    private final StoredEngine engine;
    private final Ports ports;
    private final Spawner spawner;

    /// Takes what has to be closed again, in reverse order.
    interface Keeper {
        <T extends AutoCloseable> T keep(T resource);
    }

    private Assembly(DaemonConfig config, Environment environment, DaemonIdentity identity, Keeper keeper)
            throws StartException, IOException {
        this.config = config;
        this.environment = environment;
        var clock = InstantSource.system();
        var events = new EventBus(clock);
        this.spawner = keeper.keep(Spawner.open());
        var mounter = new LinuxMounter(spawner, environment.find("fuse-overlayfs"));
        this.plugged = keeper.keep(new PluggedIn(config));
        this.snapshotters = new Snapshotters(
                List.of(new NativeDriver(), new OverlayDriver(mounter), new FuseOverlayDriver(mounter)),
                plugged.snapshotters(),
                config);
        snapshotters.probeAhead(); // beside the opening of the store, which takes as long
        this.stores = keeper.keep(stores(clock, events));
        var own = new PublishingTasks(runtime(spawner, mounter, clock), events);
        var shims = new ShimRuntime(
                shimSettings(),
                spawner,
                mounter,
                events,
                clock,
                (namespace, sandbox) -> SandboxRecords.has(stores.records(), namespace, sandbox));
        this.tasks = keeper.keep(new RoutedTasks(own, shims));
        var published = new PublishingStores(stores, events);
        var layers = plugged.layers(new TarLayerStore(
                mounter,
                below(config.state(), "layers"),
                LayerLimits.DEFAULT,
                new StreamPrograms(spawner, processors())));
        var snapshotter = environment.setting("CONTAINERD_SNAPSHOTTER").orElseGet(snapshotters::preferred);
        var images = new ImagePorts(
                published,
                stores.collector(),
                layers,
                registries(clock),
                new Platform("linux", architecture()),
                snapshotter,
                clock,
                new VerifierPrograms(config.extensions().verification(), spawner, environment.passed()));
        this.networks = keeper.keep(networks(stores.records(), clock));
        this.engine = keeper.keep(new EngineAssembly(
                        environment,
                        below(config.root(), "dev.coracle.engine.v1"),
                        snapshotter,
                        architecture(),
                        identity.uuid())
                .open(new EngineAssembly.Given(
                        published,
                        stores.records(),
                        tasks,
                        networks,
                        layers,
                        mounter,
                        below(config.state(), "trees"),
                        events,
                        new SecureRandom(),
                        images)));
        tasks.recover(engine.exits());
        engine.recover();
        var seen = new TasksWithEnded(tasks, engine);
        this.ports = new Ports(
                published,
                stores.collector(),
                layers,
                events,
                seen,
                shims::info,
                images,
                stores.records(),
                new MountFolders(below(config.state(), "io.containerd.mount-manager.v1.bolt"), config.root(), mounter),
                plugged.sandboxers(new ShimSandboxer(shims.sandboxes(), clock)));
    }

    /// Bridges in the namespace that the launcher made for containers; without one in this process's own, and the
    /// launcher forwards ports.
    private Networks networks(Records records, InstantSource clock) throws StartException {
        var launcher = environment.setting("ROOTLESSKIT_STATE_DIR").map(Path::of);
        if (launcher.isEmpty()) {
            return new NoNetworks("the daemon was started without rootlesskit and has no network namespace of its own");
        }
        var settings = new NetworkSettings(
                below(config.state(), "networks"),
                launcher.map(folder -> folder.resolve("netns")).filter(Files::exists),
                launcher.map(folder -> folder.resolve("api.sock")).filter(Files::exists),
                Path.of("/etc/resolv.conf"),
                Optional.empty());
        if (settings.namespace().isEmpty() && !Files.isWritable(OF_OUR_OWN_NETWORK)) {
            return new NoNetworks(
                    "the daemon works in the host's network, which this account may not change; rootlesskit"
                            + " makes one for containers with --net=pasta, slirp4netns or none");
        }
        try {
            var described = new CniNetworks(CniSearch.settings(environment, settings.namespace()), spawner);
            return BridgeNetworks.open(settings, records, described, clock, new SecureRandom());
        } catch (EngineException failure) {
            LOG.log(Level.WARNING, "containers have no networks of their own: " + failure.message(), failure);
            return new NoNetworks(failure.message());
        }
    }

    /// What commands work on.
    Engine engine() {
        return engine;
    }

    /// What looks whether everything fits together.
    Inspection inspection() {
        return new Inspection(stores, tasks, config.state());
    }

    private HttpRegistries registries(InstantSource clock) {
        var proxies = new Proxies(
                environment.web("HTTP_PROXY", "http_proxy").orElse(""),
                environment.web("HTTPS_PROXY", "https_proxy").orElse(""),
                environment.web("NO_PROXY", "no_proxy").orElse(""));
        var trust = environment
                .web("SSL_CERT_FILE")
                .map(file -> List.of(Path.of(file)))
                .orElse(RegistryOptions.SYSTEM_TRUST);
        return new HttpRegistries(new RegistryOptions(RegistryAccess.ANONYMOUS, Tls.DEFAULT, trust, proxies), clock);
    }

    /// @throws StartException when something that every request needs is missing
    static Assembly open(DaemonConfig config, Environment environment, DaemonIdentity identity, Keeper keeper)
            throws StartException {
        try {
            return new Assembly(config, environment, identity, keeper);
        } catch (IOException e) {
            throw new StartException("start the engine: " + Directories.reason(e), "", e);
        }
    }

    /// The programs that layers go through; one that is not found says so when a layer needs it.
    private List<StreamProcessor> processors() {
        return config.extensions().processors().stream()
                .map(each -> new StreamProcessor(
                        each.id(),
                        Set.copyOf(each.accepts()),
                        each.returns(),
                        each.path().startsWith("/")
                                ? Path.of(each.path())
                                : environment.find(each.path()).orElse(Path.of(each.path())),
                        each.arguments(),
                        environment.passedWith(each.environment())))
                .toList();
    }

    private MetadataStores stores(InstantSource clock, EventBus events) throws StartException {
        return MetadataStores.open(new MetadataOptions(
                below(config.root(), "io.containerd.metadata.v1.bolt").resolve("metadata.db"),
                plugged.blobs(DirectoryBlobs.open(below(config.root(), "io.containerd.content.v1.content"))),
                snapshotters.openers(),
                !config.contentShared(),
                events::publish,
                clock,
                new SecureRandom(),
                Thread.ofPlatform()
                        .daemon()
                        .name("collector")
                        .uncaughtExceptionHandler(Assembly::uncaught)
                        .factory(),
                config.collection()));
    }

    private TaskRuntime runtime(Spawner spawner, LinuxMounter mounter, InstantSource clock) throws IOException {
        var settings = new RuntimeSettings(
                config.root(),
                config.state(),
                environment.find("conmon"),
                environment.find("crun").or(() -> environment.find("runc")),
                environment.path(),
                environment.passed());
        return ConmonRuntime.open(settings, spawner, mounter, clock);
    }

    private ShimSettings shimSettings() {
        return new ShimSettings(
                config.root(),
                config.state(),
                config.grpc().address(),
                config.ttrpc().address(),
                environment.self(),
                environment.path(),
                environment.passed(),
                config.level().compareTo(LogLevel.DEBUG) <= 0,
                Release.VERSION);
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

    Spawner spawner() {
        return spawner;
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
        var plugins = new ArrayList<Plugin>();
        snapshotters.plugins().forEach(plugin -> plugins.add(plugged.onItsPlatform(plugin)));
        plugins.addAll(plugged.plugins());
        if (plugged.plugins().stream().noneMatch(plugin -> plugin.type().equals(ProxyPlugin.Kind.CONTENT.type()))) {
            plugins.add(plugin("content.v1.content"));
        }
        Stream.of(
                        "metadata.v1.bolt",
                        "gc.v1.scheduler",
                        "lease.v1.manager",
                        "event.v1.exchange",
                        "differ.v1.walking",
                        "transfer.v1.local",
                        "streaming.v1.manager",
                        "mount-manager.v1.bolt",
                        "sandbox.store.v1.local",
                        "shim.v1.manager",
                        "image-verifier.v1.bindir")
                .map(Assembly::plugin)
                .forEach(plugins::add);
        if (plugged.hasOwnSandboxer()) {
            plugins.add(plugin("sandbox.controller.v1.shim"));
        }
        plugins.add(plugin("monitor.container.v1.restart").withCapabilities(RestartMonitor.POLICIES));
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
                        "mounts",
                        "namespaces",
                        "sandbox-controllers",
                        "sandboxes",
                        "snapshots",
                        "streaming",
                        "tasks",
                        "transfer",
                        "version")
                .map(service -> plugin("grpc.v1." + service))
                .forEach(plugins::add);
        plugins.add(plugin("server.v1.grpc"));
        plugins.add(plugin("server.v1.ttrpc"));
        plugins.add(plugin("server.v1.metrics"));
        return plugins;
    }

    private static Plugin plugin(String name) {
        var dot = name.lastIndexOf('.');
        return new Plugin("io.containerd." + name.substring(0, dot), name.substring(dot + 1));
    }
}
