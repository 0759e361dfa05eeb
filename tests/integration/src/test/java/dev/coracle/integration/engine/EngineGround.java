package dev.coracle.integration.engine;

import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.content.DirectoryBlobs;
import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.MemoryNetworks;
import dev.coracle.engine.NamespaceEngine;
import dev.coracle.engine.StoredEngine;
import dev.coracle.engine.containers.AttachOptions;
import dev.coracle.engine.containers.Attachment;
import dev.coracle.engine.containers.ContainerOptions;
import dev.coracle.engine.containers.CreateProgress;
import dev.coracle.engine.containers.EngineParts;
import dev.coracle.engine.containers.EngineSettings;
import dev.coracle.engine.containers.NetworkOptions;
import dev.coracle.engine.containers.ReadyImages;
import dev.coracle.engine.containers.RemoveOptions;
import dev.coracle.engine.containers.Streams;
import dev.coracle.engine.images.ImagePorts;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.images.StoredImages;
import dev.coracle.engine.system.Info;
import dev.coracle.engine.system.StoredSystem;
import dev.coracle.layers.LayerLimits;
import dev.coracle.layers.TarFileTrees;
import dev.coracle.layers.TarLayerStore;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Mounts;
import dev.coracle.logs.Services;
import dev.coracle.metadata.MetadataOptions;
import dev.coracle.metadata.MetadataStores;
import dev.coracle.mounts.LinuxMounter;
import dev.coracle.oci.Capabilities;
import dev.coracle.processes.Spawner;
import dev.coracle.runtime.ConmonRuntime;
import dev.coracle.runtime.RuntimeSettings;
import dev.coracle.snapshots.nativefs.NativeDriver;
import dev.coracle.snapshots.overlay.OverlayDriver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// An engine with everything below it, that can be dropped and opened again as a killed daemon is. It knows one image,
/// `busybox`.
final class EngineGround implements AutoCloseable {
    static final String NAMESPACE = "test";

    private static final List<String> TOOLS = List.of(
            "sh",
            "cat",
            "echo",
            "sleep",
            "id",
            "ls",
            "true",
            "false",
            "seq",
            "kill",
            "mount",
            "touch",
            "mkdir",
            "rm",
            "hostname",
            "env",
            "head",
            "wc",
            "trap",
            "test",
            "stty",
            "ps",
            "chown",
            "grep",
            "pwd");

    private final Path directory;
    private final InstantSource clock = InstantSource.system();
    private Opened opened;

    private record Opened(
            Spawner spawner, MetadataStores stores, ConmonRuntime runtime, Networks networks, StoredEngine engine) {
        void close() {
            engine.close();
            networks.close();
            runtime.close();
            stores.close();
            spawner.close();
        }
    }

    private EngineGround(Path directory) throws IOException {
        this.directory = directory;
        opened = open();
    }

    static EngineGround make() throws Exception {
        var ground = new EngineGround(Files.createTempDirectory("coracle-engine-"));
        ground.loadImage();
        return ground;
    }

    /// The place of another process.
    static EngineGround at(Path directory) throws IOException {
        return new EngineGround(directory);
    }

    Path directory() {
        return directory;
    }

    private Opened open() throws IOException {
        var root = Files.createDirectories(directory.resolve("root"));
        var state = Files.createDirectories(directory.resolve("state"));
        var spawner = Spawner.open();
        var mounter = new LinuxMounter(spawner, Optional.empty());
        var overlay = new OverlayDriver(mounter);
        var snapshots = Files.createDirectories(root.resolve("snapshots"));
        var isOverlay = overlay.probe(snapshots) instanceof dev.coracle.base.Support.Usable;
        var snapshotter = isOverlay ? "overlayfs" : "native";
        var stores = MetadataStores.open(new MetadataOptions(
                root.resolve("metadata.db"),
                DirectoryBlobs.open(Files.createDirectories(root.resolve("content"))),
                Map.of(snapshotter, () -> isOverlay ? overlay.open(snapshots) : new NativeDriver().open(snapshots)),
                false,
                (_, _) -> {},
                clock,
                new Random(),
                Thread.ofPlatform().daemon().name("collector").factory()));
        var runtime = ConmonRuntime.open(
                new RuntimeSettings(
                        root,
                        state,
                        Optional.of(Path.of("/usr/bin/conmon")),
                        Optional.of(Path.of("/usr/bin/crun")),
                        List.of(Path.of("/usr/bin"), Path.of("/usr/sbin")),
                        Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")),
                spawner,
                mounter,
                clock);
        var layers = new TarLayerStore(mounter, Files.createDirectories(state.resolve("layers")), LayerLimits.DEFAULT);
        var host = Platform.linux(System.getProperty("os.arch"));
        var ports = new ImagePorts(
                stores,
                stores.collector(),
                layers,
                _ -> {
                    throw new UnsupportedOperationException("no registry here");
                },
                host,
                snapshotter,
                clock);
        var networks = new MemoryNetworks(state, clock);
        Function<String, Images> images = namespace -> new StoredImages(ports, Scope.of(namespace), _ -> false);
        var parts = new EngineParts(
                stores,
                stores.records(),
                runtime,
                networks,
                layers,
                new TarFileTrees(mounter, Files.createDirectories(state.resolve("trees")), LayerLimits.DEFAULT),
                new NoEvents(),
                new Services(Path.of("/run/systemd/journal/socket"), Path.of("/dev/log")),
                namespace ->
                        new ReadyImages(images.apply(namespace), stores.in(Scope.of(namespace)), snapshotter, host),
                clock,
                new Random(),
                new EngineSettings(
                        root,
                        ConmonRuntime.NAME,
                        snapshotter,
                        false,
                        Set.of(),
                        Optional.empty(),
                        host.architecture(),
                        Set.copyOf(Capabilities.of(-1L)),
                        Path.of("/etc/resolv.conf"),
                        List.of(root.resolveSibling("cdi"))));
        var facts = new StoredSystem.Facts(
                "", "", "test", snapshotter, root.toString(), "none", List.of(), "", List.of(), Info.Machine.UNKNOWN);
        var engine = new StoredEngine(parts, images, facts);
        runtime.recover(engine.exits());
        engine.recover();
        return new Opened(spawner, stores, runtime, networks, engine);
    }

    private static final class NoEvents implements EventExchange {
        @Override
        public void publish(String namespace, Event event) {
            // nobody listens
        }

        @Override
        public void forward(Envelope envelope) {
            // nobody listens
        }

        @Override
        public Subscription subscribe(Predicate<Envelope> wanted, Consumer<Envelope> listener) {
            return () -> {};
        }
    }

    private void loadImage() throws Exception {
        var image = Files.createDirectories(directory.resolve("image"));
        for (var name : List.of("bin", "dev", "etc", "proc", "sys", "tmp", "data")) {
            Files.createDirectory(image.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), image.resolve("bin/busybox"));
        for (var tool : TOOLS) {
            Files.createSymbolicLink(image.resolve("bin").resolve(tool), Path.of("busybox"));
        }
        Files.writeString(image.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\nsailor:x:100:200::/:/bin/sh\n");
        Files.writeString(image.resolve("etc/group"), "root:x:0:\nwheel:x:10:root\ncrew:x:200:\n");
        Files.writeString(image.resolve("data/from-image"), "from the image\n");
        var tar = new ProcessBuilder("tar", "-C", image.toString(), "--owner=0", "--group=0", "-cf", "-", ".")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        in().images()
                .importTree(
                        tar.getInputStream(),
                        Optional.of(Reference.parse("busybox")),
                        "",
                        Platform.linux(System.getProperty("os.arch")));
    }

    /// What is left of a daemon after it was killed is nothing in memory and everything on disk.
    void restart() throws IOException {
        opened.close();
        opened = open();
    }

    /// Lets go of it, as a killed daemon does.
    void drop() {
        opened.close();
    }

    NamespaceEngine in() {
        return opened.engine().in(NAMESPACE);
    }

    Networks networks() {
        return opened.networks();
    }

    ConmonRuntime runtime() {
        return opened.runtime();
    }

    static ContainerOptions options(String name, String... command) {
        return ContainerOptions.of("busybox", List.of(command))
                .named(name)
                .with(NetworkOptions.of(new NetworkOptions.Mode.None()));
    }

    String create(ContainerOptions options) {
        return in().containers().create(options, CreateProgress.NONE).id();
    }

    /// What a process wrote, and how it ended.
    record Output(String out, String err, int status) {}

    Output run(ContainerOptions options) throws InterruptedException {
        return run(options, InputStream.nullInputStream());
    }

    Output run(ContainerOptions options, InputStream input) throws InterruptedException {
        var id = create(options);
        return heard(
                streams -> in().containers()
                        .start(
                                id,
                                new AttachOptions(
                                        streams,
                                        options.process().stdinOpen(),
                                        true,
                                        true,
                                        false,
                                        "ctrl-p,ctrl-q",
                                        0,
                                        0)),
                input);
    }

    /// Listens to somebody attached until the end.
    static Output heard(Function<Streams, Attachment> attach, InputStream input) throws InterruptedException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var attachment = attach.apply(new Streams(input, out, err))) {
            var end = attachment.await();
            return new Output(
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8),
                    end instanceof Attachment.End.Exited(var status) ? status : -1);
        }
    }

    List<String> leftovers() throws IOException {
        var left = new ArrayList<String>();
        for (var mount : Mounts.list()) {
            if (mount.target().startsWith(directory.toString())) {
                left.add("mount " + mount.target());
            }
        }
        for (var below : List.of(
                "state/io.containerd.runtime.v2.task/" + NAMESPACE,
                "root/containers/" + NAMESPACE,
                "root/volumes/" + NAMESPACE)) {
            if (Files.isDirectory(directory.resolve(below))) {
                try (var entries = Files.list(directory.resolve(below))) {
                    entries.forEach(entry -> left.add("directory " + entry));
                }
            }
        }
        opened.stores().records().list("container-name", "").forEach((name, id) -> left.add("name " + name));
        opened.networks().sandboxes().forEach(sandbox -> left.add("sandbox " + sandbox.id()));
        left.addAll(opened.stores().audit());
        return left;
    }

    void removeAll() {
        for (var container : in().containers().list()) {
            in().containers().remove(container.id(), new RemoveOptions(true, true));
        }
        in().volumes().list().forEach(volume -> in().volumes().remove(volume.name()));
    }

    @Override
    public void close() throws IOException {
        removeAll();
        opened.stores().collector().collect();
        var left = leftovers();
        opened.close();
        if (!left.isEmpty()) {
            throw new AssertionError("left behind: " + left);
        }
        try (var parent = Directory.open(directory.resolveSibling("."))) {
            parent.removeTree(FileName.of(directory.getFileName()));
        }
    }
}
