package dev.coracle.commands.ctr;

import dev.coracle.base.Platform;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.RootTree;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.Unpack;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.core.mounts.Mount;
import dev.coracle.oci.Accounts;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.RuntimeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Makes a container out of flags: `ctr run IMAGE ID` and `ctr containers create IMAGE ID`.
final class NewContainer {
    private static final String STOP_SIGNAL = "io.containerd.image.config.stop-signal";
    private static final List<String> RESERVED = List.of("containerd.io/", "io.containerd.", "io.cri-containerd.");

    private final Line line;
    private final Session session;
    private final Connection connection;
    private final String id;

    NewContainer(Line line, Session session, Connection connection) {
        this.line = line;
        this.session = session;
        this.connection = connection;
        id = id(line);
    }

    /// Checks the arguments, before anything is connected.
    static String id(Line line) {
        var config = line.isSet("config");
        if (config && line.arguments().size() > 1) {
            throw UsageFailure.of("with spec config file, only container id should be provided");
        }
        if (!config && line.argument(0).isEmpty()) {
            throw UsageFailure.of("image ref must be provided");
        }
        var id = line.argument(config ? 0 : 1);
        if (id.isEmpty()) {
            throw UsageFailure.of("container id must be provided");
        }
        return id;
    }

    /// Creates the container. When that fails its snapshot is removed again.
    Container create() throws IOException {
        var options = RunFlags.runtimeOptions(line);
        var container = Container.newBuilder().setId(id);
        var runtime = Container.Runtime.newBuilder().setName(line.text("runtime"));
        options.ifPresent(runtime::setOptions);
        container.setRuntime(runtime);
        try (var lease = Lease.take(connection, session.clock())) {
            return create(container, lease.connection());
        }
    }

    private Container create(Container.Builder container, Connection leased) throws IOException {
        if (line.isSet("config")) {
            var spec = RuntimeSpec.parse(Files.readAllBytes(session.path(line.text("config"))));
            container.putAllLabels(Line.labels(line.texts("label")));
            return new Containers(leased)
                    .create(container.setSpec(Containers.wire(spec)).build());
        }
        var spec = RunSpec.begin(line, session, connection.namespace(), id);
        if (line.flag("rootfs")) {
            var root = session.path(line.argument(0)).toAbsolutePath().normalize();
            container.putAllLabels(Line.labels(line.texts("label")));
            var made = spec.rootfs(root.toString()).flags(line.argumentsFrom(2), once(() -> RootTree.accounts(root)));
            return new Containers(leased)
                    .create(container.setSpec(Containers.wire(made)).build());
        }
        return fromImage(container, leased, spec);
    }

    private Container fromImage(Container.Builder container, Connection leased, RunSpec spec) throws IOException {
        var images = new Images(leased);
        var image = images.get(line.argument(0));
        var target = Images.target(image);
        var host = session.environment().platform();
        var platform = line.text("platform").isEmpty() ? host : Platform.parse(line.text("platform"), host);
        var config = images.config(images.manifest(target, platform));
        var snapshots = new Snapshots(leased, Snapshots.chosen(leased, line.text("snapshotter")));
        var unpack = new Unpack(leased, snapshots.name(), line.flag("sync-fs"));
        if (!unpack.isDone(config)) {
            unpack.image(target, platform);
        }
        container
                .setImage(image.getName())
                .setSnapshotter(snapshots.name())
                .setSnapshotKey(id)
                .putAllLabels(labels(config, image.getLabelsMap()));
        var mounts = snapshots.prepare(id, ImageConfig.chainId(config.diffIds()).toString(), snapshotLabels());
        try {
            var accounts = once(() ->
                    RootTree.accounts(mounts.stream().map(NewContainer::mount).toList(), session.mounter()));
            var made = spec.image(config, accounts).flags(line.argumentsFrom(2), accounts);
            return new Containers(leased)
                    .create(container.setSpec(Containers.wire(made)).build());
        } catch (IOException | RuntimeException e) {
            var _ = Thread.interrupted(); // the clean-up must still be possible
            Connection.find(() -> {
                snapshots.remove(id);
                return id;
            });
            throw e;
        }
    }

    private Map<String, String> snapshotLabels() {
        var labels = new HashMap<>(Line.labels(line.texts("snapshotter-label")));
        var uids = IdMappings.parse(line.texts("uidmap"));
        var gids = IdMappings.parse(line.texts("gidmap"));
        if (!uids.isEmpty() && !gids.isEmpty()) {
            if (!line.flag("remap-labels")) {
                throw UsageFailure.of("--uidmap and --gidmap need --remap-labels: the snapshotter maps the ids");
            }
            labels.put("containerd.io/snapshot/uidmapping", IdMappings.label(uids));
            labels.put("containerd.io/snapshot/gidmapping", IdMappings.label(gids));
        }
        return labels;
    }

    /// The image's own labels, except those that mean something to the daemon, its record's, and
    /// those of the command line.
    private Map<String, String> labels(ImageConfig config, Map<String, String> record) {
        var labels = new HashMap<String, String>();
        config.launch().labels().forEach((key, value) -> {
            if (RESERVED.stream().noneMatch(key::startsWith)) {
                labels.put(key, value);
            }
        });
        labels.putAll(record);
        labels.putAll(Line.labels(line.texts("label")));
        labels.put(
                STOP_SIGNAL,
                Optional.of(config.launch().stopSignal())
                        .filter(signal -> !signal.isEmpty())
                        .orElse("SIGTERM"));
        return labels;
    }

    static Mount mount(dev.coracle.containerd.api.types.Mount mount) {
        return new Mount(mount.getType(), mount.getSource(), mount.getTarget(), mount.getOptionsList());
    }

    private static Supplier<Accounts> once(Supplier<Accounts> accounts) {
        return new Supplier<>() {
            private Optional<Accounts> known = Optional.empty();

            @Override
            public Accounts get() {
                if (known.isEmpty()) {
                    known = Optional.of(accounts.get());
                }
                return known.get();
            }
        };
    }

    /// Where standard streams' pipes are made.
    static Path fifoRoot(Line line, Session session) {
        var given = line.text("fifo-dir");
        return given.isEmpty() ? Path.of("/run/containerd/fifo") : session.path(given);
    }
}
