package dev.coracle.commands.ctr;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.Tasks;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.diff.ApplyRequest;
import dev.coracle.containerd.api.diff.DiffGrpc;
import dev.coracle.containerd.api.diff.DiffRequest;
import dev.coracle.containerd.api.runc.CheckpointOptions;
import dev.coracle.containerd.api.tasks.CheckpointTaskRequest;
import dev.coracle.containerd.api.tasks.PauseTaskRequest;
import dev.coracle.containerd.api.tasks.ResumeTaskRequest;
import dev.coracle.containerd.api.types.task.Status;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.Index;
import dev.coracle.oci.MediaTypes;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// `ctr tasks checkpoint`, `ctr containers checkpoint` and `restore`: a container as an image, whose
/// index names its parts by their media types. The memory of processes is written by the runtime
/// (with criu); everything else is done from here.
final class CheckpointVerbs {
    private static final String MEMORY = "application/vnd.containerd.container.criu.checkpoint.criu.tar";
    private static final String CONFIG = "application/vnd.containerd.container.checkpoint.config.v1+proto";
    private static final String OPTIONS = "application/vnd.containerd.container.checkpoint.options.v1+proto";
    private static final String RUNTIME_OPTIONS =
            "application/vnd.containerd.container.checkpoint.runtime.options+proto";
    private static final String IMAGE_NAME = "org.opencontainers.image.ref.name";
    private static final String RUNTIME_NAME = "io.containerd.checkpoint.runtime";
    private static final String SNAPSHOTTER_NAME = "io.containerd.checkpoint.snapshotter";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("MM-dd-yyyy-HH:mm:ss", Locale.ROOT);

    private CheckpointVerbs() {}

    static Verb<Session> task() {
        return Verb.of(
                "checkpoint",
                "Checkpoint a container",
                "[flags] CONTAINER",
                List.of(
                        Flag.bool("exit", "Stop the container after the checkpoint"),
                        Flag.text("image-path", "Directory for the memory, instead of an image"),
                        Flag.text("work-path", "Directory for criu's logs")),
                CheckpointVerbs::checkpointTask);
    }

    static List<Verb<Session>> container() {
        return List.of(
                Verb.of(
                        "checkpoint",
                        "Checkpoint a container",
                        "CONTAINER REF",
                        List.of(
                                Flag.bool("rw", "With the files it has written"),
                                Flag.bool("image", "With its image"),
                                Flag.bool("task", "With the memory of its processes")),
                        CheckpointVerbs::checkpoint),
                Verb.of(
                        "restore",
                        "Restore a container from checkpoint",
                        "CONTAINER REF",
                        List.of(
                                Flag.bool("rw", "With the files it had written"),
                                Flag.bool("live", "With the memory of its processes"),
                                Flag.bool("null-io", "").hidden(),
                                Flag.text("log-uri", "").hidden(),
                                Flag.text("fifo-dir", "").hidden(),
                                Flag.text("pid-file", "").hidden(),
                                Flag.bool("no-pivot", "").hidden()),
                        CheckpointVerbs::restore));
    }

    private static String argument(Line line, int index, String what) {
        if (line.argument(index).isEmpty()) {
            throw UsageFailure.of(what + " must be provided");
        }
        return line.argument(index);
    }

    private static int checkpointTask(Line line, Session session) {
        var id = argument(line, 0, "container id");
        try (var lease = Lease.take(session.connect(line), session.clock())) {
            var connection = lease.connection();
            var container = new Containers(connection).get(id);
            var tasks = new Tasks(connection);
            var paused = tasks.get(id, "").getStatus() == Status.PAUSED;
            var images = new Images(connection);
            if (!paused) {
                pause(tasks, id);
            }
            try {
                var options = CheckpointOptions.newBuilder()
                        .setExit(line.flag("exit"))
                        .setImagePath(line.text("image-path"))
                        .setWorkPath(line.text("work-path"));
                var parts = memory(tasks, id, options.build());
                if (!line.text("image-path").isEmpty()) {
                    return 0;
                }
                if (!container.getImage().isEmpty()) {
                    parts.add(Images.target(images.get(container.getImage())));
                }
                if (!container.getSnapshotKey().isEmpty()) {
                    parts.add(written(connection, container));
                }
                var name = "containerd.io/checkpoint/" + id + ":"
                        + DATE.format(OffsetDateTime.ofInstant(session.clock().instant(), ZoneId.systemDefault()));
                var target = index(images, id, parts, Map.of("image.name", container.getImage()));
                images.create(name, target, Map.of("containerd.io/checkpoint", "true"));
                session.terminal().line(name);
            } finally {
                if (!paused && !line.flag("exit")) {
                    resume(tasks, id, session);
                }
            }
        }
        return 0;
    }

    private static void pause(Tasks tasks, String id) {
        Connection.call(() -> tasks.stub()
                .pause(PauseTaskRequest.newBuilder().setContainerId(id).build()));
    }

    private static void resume(Tasks tasks, String id, Session session) {
        try {
            Connection.call(() -> tasks.stub()
                    .resume(ResumeTaskRequest.newBuilder().setContainerId(id).build()));
        } catch (EngineException e) {
            session.terminal().line("error resuming task: " + e.message());
        }
    }

    private static List<Descriptor> memory(Tasks tasks, String id, CheckpointOptions options) {
        var request = CheckpointTaskRequest.newBuilder()
                .setContainerId(id)
                .setOptions(Wires.any(options))
                .build();
        var parts = new ArrayList<Descriptor>();
        Connection.call(() -> tasks.stub().checkpoint(request))
                .getDescriptorsList()
                .forEach(part -> parts.add(Images.of(part)));
        return parts;
    }

    /// What the container has written beyond its image, as a layer.
    private static Descriptor written(Connection connection, Container container) {
        var snapshots = new Snapshots(connection, container.getSnapshotter());
        var key = container.getSnapshotKey();
        var view = snapshots.stat(key).getParent() + "-parent-view-" + UUID.randomUUID();
        var lower = snapshots.view(view, snapshots.stat(key).getParent(), Map.of());
        try {
            var request = DiffRequest.newBuilder()
                    .addAllLeft(lower)
                    .addAllRight(snapshots.mounts(key))
                    .setRef("checkpoint-rw-" + key)
                    .build();
            var stub = connection.stub(DiffGrpc::newBlockingStub);
            return Images.of(Connection.call(() -> stub.diff(request)).getDiff());
        } finally {
            snapshots.remove(view);
        }
    }

    private static Descriptor index(
            Images images, String ref, List<Descriptor> parts, Map<String, String> annotations) {
        var labels = new LinkedHashMap<String, String>();
        for (var i = 0; i < parts.size(); i++) {
            labels.put(
                    "containerd.io/gc.ref.content." + i, parts.get(i).digest().toString());
        }
        var document = new Index(MediaTypes.OCI_INDEX, parts, annotations).json();
        return images.store(MediaTypes.OCI_INDEX, ref, document, labels);
    }

    private static int checkpoint(Line line, Session session) {
        var id = argument(line, 0, "container id");
        var ref = argument(line, 1, "ref");
        try (var lease = Lease.take(session.connect(line), session.clock())) {
            var connection = lease.connection();
            var container = new Containers(connection).get(id);
            var tasks = new Tasks(connection);
            var runs = tasks.find(id, "").isPresent();
            if (runs) {
                pause(tasks, id);
            }
            try {
                var images = new Images(connection);
                var target = index(
                        images,
                        id + "index",
                        parts(line, connection, container),
                        Map.of(
                                IMAGE_NAME, images.get(container.getImage()).getName(),
                                RUNTIME_NAME, container.getRuntime().getName(),
                                SNAPSHOTTER_NAME, container.getSnapshotter()));
                images.create(ref, target, Map.of());
            } finally {
                if (runs) {
                    resume(tasks, id, session);
                }
            }
        }
        return 0;
    }

    private static List<Descriptor> parts(Line line, Connection connection, Container container) {
        var images = new Images(connection);
        var id = container.getId();
        var parts = new ArrayList<Descriptor>();
        if (!container.getRuntime().getOptions().getValue().isEmpty()) {
            var bytes = container.getRuntime().getOptions().toByteArray();
            parts.add(images.store(RUNTIME_OPTIONS, id + "-runtime-options", bytes, Map.of()));
        }
        if (line.flag("image")) {
            parts.add(Images.target(images.get(container.getImage())));
        }
        if (line.flag("rw")) {
            parts.add(written(connection, container));
        }
        if (line.flag("task")) {
            var options = CheckpointOptions.newBuilder().setFileLocks(true).build();
            parts.addAll(memory(new Tasks(connection), id, options));
            var bytes = Wires.any(options).toByteArray();
            parts.add(images.store(OPTIONS, id + "-checkpoint-options", bytes, Map.of()));
        }
        return parts;
    }

    private static int restore(Line line, Session session) throws Exception {
        var id = argument(line, 0, "container id");
        var ref = argument(line, 1, "ref");
        var connection = session.connect(line);
        var checkpoint = Index.parse(
                images(connection).read(Images.target(images(connection).get(ref))));
        Container container;
        try (var lease = Lease.take(connection, session.clock())) {
            container = restored(line, session, lease.connection(), id, checkpoint);
        }
        var memory = line.flag("live")
                ? Optional.of(Images.wire(part(checkpoint, MEMORY)
                        .orElseThrow(() -> new NotFound("checkpoint not found in index of " + ref))))
                : Optional.<dev.coracle.containerd.api.types.Descriptor>empty();
        var terminal = Containers.spec(container).terminal();
        return new TaskRun(line, session, connection, container, memory).run(!terminal);
    }

    private static Images images(Connection connection) {
        return new Images(connection);
    }

    private static Optional<Descriptor> part(Index checkpoint, String type) {
        return checkpoint.manifests().stream()
                .filter(part -> part.mediaType().equals(type))
                .findFirst();
    }

    private static String named(Index checkpoint, String annotation, String what) {
        var name = checkpoint.annotations().getOrDefault(annotation, "");
        if (name.isEmpty()) {
            throw new NotFound(what + " not found in index");
        }
        return name;
    }

    private static Container restored(Line line, Session session, Connection connection, String id, Index checkpoint)
            throws InvalidProtocolBufferException {
        var images = images(connection);
        var image = images.get(named(checkpoint, IMAGE_NAME, "image name"));
        var snapshots = new Snapshots(connection, named(checkpoint, SNAPSHOTTER_NAME, "snapshotter"));
        var spec = part(checkpoint, CONFIG).orElseThrow(() -> new NotFound("media type not found"));
        var runtime = Container.Runtime.newBuilder().setName(named(checkpoint, RUNTIME_NAME, "runtime"));
        var options = part(checkpoint, RUNTIME_OPTIONS);
        if (options.isPresent()) {
            runtime.setOptions(Any.parseFrom(images.read(options.get())));
        }
        var config = images.config(
                images.manifest(Images.target(image), session.environment().platform()));
        var mounts = snapshots.prepare(id, ImageConfig.chainId(config.diffIds()).toString(), Map.of());
        if (line.flag("rw")) {
            var layer =
                    part(checkpoint, MediaTypes.OCI_LAYER_GZIP).orElseThrow(() -> new NotFound("media type not found"));
            var request = ApplyRequest.newBuilder()
                    .setDiff(Images.wire(layer))
                    .addAllMounts(mounts)
                    .build();
            Connection.call(() -> connection.stub(DiffGrpc::newBlockingStub).apply(request));
        }
        return new Containers(connection)
                .create(Container.newBuilder()
                        .setId(id)
                        .setImage(image.getName())
                        .setSnapshotter(snapshots.name())
                        .setSnapshotKey(id)
                        .setRuntime(runtime)
                        .setSpec(Any.parseFrom(images.read(spec)))
                        .build());
    }
}
