package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.coracle.containerd.api.events.ContainerCreate;
import dev.coracle.containerd.api.events.ContainerDelete;
import dev.coracle.containerd.api.events.ContainerUpdate;
import dev.coracle.containerd.api.events.ContentCreate;
import dev.coracle.containerd.api.events.ContentDelete;
import dev.coracle.containerd.api.events.ImageCreate;
import dev.coracle.containerd.api.events.ImageDelete;
import dev.coracle.containerd.api.events.ImageUpdate;
import dev.coracle.containerd.api.events.NamespaceCreate;
import dev.coracle.containerd.api.events.NamespaceDelete;
import dev.coracle.containerd.api.events.NamespaceUpdate;
import dev.coracle.containerd.api.events.SandboxCreate;
import dev.coracle.containerd.api.events.SandboxExit;
import dev.coracle.containerd.api.events.SandboxStart;
import dev.coracle.containerd.api.events.SnapshotCommit;
import dev.coracle.containerd.api.events.SnapshotPrepare;
import dev.coracle.containerd.api.events.SnapshotRemove;
import dev.coracle.containerd.api.events.TaskCreate;
import dev.coracle.containerd.api.events.TaskDelete;
import dev.coracle.containerd.api.events.TaskExit;
import dev.coracle.containerd.api.events.TaskIO;
import dev.coracle.containerd.api.events.TaskOOM;
import dev.coracle.containerd.api.events.TaskStart;
import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.Event.ContainerCreated;
import dev.coracle.core.events.Event.ContainerDeleted;
import dev.coracle.core.events.Event.ContainerUpdated;
import dev.coracle.core.events.Event.ContentCreated;
import dev.coracle.core.events.Event.ContentDeleted;
import dev.coracle.core.events.Event.Foreign;
import dev.coracle.core.events.Event.ImageCreated;
import dev.coracle.core.events.Event.ImageDeleted;
import dev.coracle.core.events.Event.ImageUpdated;
import dev.coracle.core.events.Event.NamespaceCreated;
import dev.coracle.core.events.Event.NamespaceDeleted;
import dev.coracle.core.events.Event.NamespaceUpdated;
import dev.coracle.core.events.Event.SandboxCreated;
import dev.coracle.core.events.Event.SandboxExited;
import dev.coracle.core.events.Event.SandboxStarted;
import dev.coracle.core.events.Event.SnapshotCommitted;
import dev.coracle.core.events.Event.SnapshotPrepared;
import dev.coracle.core.events.Event.SnapshotRemoved;
import dev.coracle.core.events.Event.TaskCheckpointed;
import dev.coracle.core.events.Event.TaskCreated;
import dev.coracle.core.events.Event.TaskDeleted;
import dev.coracle.core.events.Event.TaskExecAdded;
import dev.coracle.core.events.Event.TaskExecStarted;
import dev.coracle.core.events.Event.TaskExited;
import dev.coracle.core.events.Event.TaskOutOfMemory;
import dev.coracle.core.events.Event.TaskPaused;
import dev.coracle.core.events.Event.TaskResumed;
import dev.coracle.core.events.Event.TaskStarted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Events to the wire, and what filters see of them.
final class EventsWire {
    private EventsWire() {}

    static dev.coracle.containerd.api.types.Envelope encode(Envelope envelope) {
        return dev.coracle.containerd.api.types.Envelope.newBuilder()
                .setTimestamp(Wire.timestamp(envelope.timestamp()))
                .setNamespace(envelope.namespace())
                .setTopic(envelope.event().topic())
                .setEvent(encode(envelope.event()))
                .build();
    }

    private static Any encode(Event event) {
        return event instanceof Foreign foreign ? Wire.any(foreign.payload()) : Wire.any(message(event));
    }

    private static Message message(Event event) {
        return switch (event) {
            case ContainerCreated e -> container(e);
            case ContainerUpdated e ->
                ContainerUpdate.newBuilder()
                        .setId(e.id())
                        .setImage(e.image())
                        .putAllLabels(e.labels())
                        .setSnapshotKey(e.snapshotKey())
                        .build();
            case ContainerDeleted e ->
                ContainerDelete.newBuilder().setId(e.id()).build();
            case ContentCreated e ->
                ContentCreate.newBuilder()
                        .setDigest(e.digest())
                        .setSize(e.size())
                        .build();
            case ContentDeleted e ->
                ContentDelete.newBuilder().setDigest(e.digest()).build();
            case ImageCreated e ->
                ImageCreate.newBuilder()
                        .setName(e.name())
                        .putAllLabels(e.labels())
                        .build();
            case ImageUpdated e ->
                ImageUpdate.newBuilder()
                        .setName(e.name())
                        .putAllLabels(e.labels())
                        .build();
            case ImageDeleted e -> ImageDelete.newBuilder().setName(e.name()).build();
            case NamespaceCreated e ->
                NamespaceCreate.newBuilder()
                        .setName(e.name())
                        .putAllLabels(e.labels())
                        .build();
            case NamespaceUpdated e ->
                NamespaceUpdate.newBuilder()
                        .setName(e.name())
                        .putAllLabels(e.labels())
                        .build();
            case NamespaceDeleted e ->
                NamespaceDelete.newBuilder().setName(e.name()).build();
            case SnapshotPrepared e ->
                SnapshotPrepare.newBuilder()
                        .setKey(e.key())
                        .setParent(e.parent())
                        .setSnapshotter(e.snapshotter())
                        .build();
            case SnapshotCommitted e ->
                SnapshotCommit.newBuilder()
                        .setKey(e.key())
                        .setName(e.name())
                        .setSnapshotter(e.snapshotter())
                        .build();
            case SnapshotRemoved e ->
                SnapshotRemove.newBuilder()
                        .setKey(e.key())
                        .setSnapshotter(e.snapshotter())
                        .build();
            case TaskCreated e -> task(e);
            case TaskStarted e ->
                TaskStart.newBuilder()
                        .setContainerId(e.containerId())
                        .setPid(e.pid())
                        .build();
            case TaskExited e ->
                TaskExit.newBuilder()
                        .setContainerId(e.containerId())
                        .setId(e.id())
                        .setPid(e.pid())
                        .setExitStatus(e.exitStatus())
                        .setExitedAt(Wire.timestamp(e.exitedAt()))
                        .build();
            case TaskDeleted e ->
                TaskDelete.newBuilder()
                        .setContainerId(e.containerId())
                        .setPid(e.pid())
                        .setExitStatus(e.exitStatus())
                        .setExitedAt(Wire.timestampOrNever(e.exitedAt()))
                        .setId(e.id())
                        .build();
            case TaskExecAdded e ->
                dev.coracle.containerd.api.events.TaskExecAdded.newBuilder()
                        .setContainerId(e.containerId())
                        .setExecId(e.execId())
                        .build();
            case TaskExecStarted e ->
                dev.coracle.containerd.api.events.TaskExecStarted.newBuilder()
                        .setContainerId(e.containerId())
                        .setExecId(e.execId())
                        .setPid(e.pid())
                        .build();
            case TaskOutOfMemory e ->
                TaskOOM.newBuilder().setContainerId(e.containerId()).build();
            case TaskPaused e ->
                dev.coracle.containerd.api.events.TaskPaused.newBuilder()
                        .setContainerId(e.containerId())
                        .build();
            case TaskResumed e ->
                dev.coracle.containerd.api.events.TaskResumed.newBuilder()
                        .setContainerId(e.containerId())
                        .build();
            case TaskCheckpointed e ->
                dev.coracle.containerd.api.events.TaskCheckpointed.newBuilder()
                        .setContainerId(e.containerId())
                        .setCheckpoint(e.checkpoint())
                        .build();
            case SandboxCreated e ->
                SandboxCreate.newBuilder().setSandboxId(e.id()).build();
            case SandboxStarted e ->
                SandboxStart.newBuilder().setSandboxId(e.id()).build();
            case SandboxExited e ->
                SandboxExit.newBuilder()
                        .setSandboxId(e.id())
                        .setExitStatus(e.exitStatus())
                        .setExitedAt(Wire.timestamp(e.exitedAt()))
                        .build();
            case Foreign e -> foreign(e).orElse(Any.getDefaultInstance());
        };
    }

    private static ContainerCreate container(ContainerCreated event) {
        var runtime = ContainerCreate.Runtime.newBuilder().setName(event.runtime());
        if (!event.options().isNone()) {
            runtime.setOptions(Wire.any(event.options()));
        }
        return ContainerCreate.newBuilder()
                .setId(event.id())
                .setImage(event.image())
                .setRuntime(runtime)
                .build();
    }

    private static TaskCreate task(TaskCreated event) {
        return TaskCreate.newBuilder()
                .setContainerId(event.containerId())
                .setBundle(event.bundle())
                .addAllRootfs(Wire.mounts(event.rootfs()))
                .setIo(TaskIO.newBuilder()
                        .setStdin(event.io().stdin())
                        .setStdout(event.io().stdout())
                        .setStderr(event.io().stderr())
                        .setTerminal(event.io().terminal()))
                .setCheckpoint(event.checkpoint())
                .setPid(event.pid())
                .build();
    }

    /// What a filter sees: `namespace`, `topic`, and the texts of the event by the names they have
    /// on the wire (`event.container_id`). Numbers and times cannot be asked for.
    static Optional<String> field(Envelope envelope, List<String> path) {
        return switch (path.getFirst()) {
            case "namespace" -> Optional.of(envelope.namespace()).filter(value -> !value.isEmpty());
            case "topic" -> Optional.of(envelope.event().topic()).filter(value -> !value.isEmpty());
            case "event" -> text(message(envelope.event()), path.subList(1, path.size()));
            default -> Optional.empty();
        };
    }

    private static Optional<String> text(Message message, List<String> path) {
        if (path.isEmpty()) {
            return Optional.empty();
        }
        var field = message.getDescriptorForType().findFieldByName(path.getFirst());
        if (field == null) {
            return Optional.empty();
        }
        var rest = path.subList(1, path.size());
        if (field.isMapField()) {
            return entry(message, field, String.join(".", rest));
        }
        if (field.isRepeated()) {
            return Optional.empty();
        }
        return switch (field.getJavaType()) {
            case STRING -> Optional.of((String) message.getField(field)).filter(value -> !value.isEmpty());
            case MESSAGE -> text((Message) message.getField(field), rest);
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, BYTE_STRING, ENUM -> Optional.empty();
        };
    }

    private static Optional<String> entry(Message message, FieldDescriptor map, String key) {
        for (var at = 0; at < message.getRepeatedFieldCount(map); at++) {
            var entry = (Message) message.getRepeatedField(map, at);
            var type = entry.getDescriptorForType();
            if (entry.getField(type.findFieldByNumber(1)).equals(key)) {
                return Optional.of(String.valueOf(entry.getField(type.findFieldByNumber(2))));
            }
        }
        return Optional.empty();
    }

    /// The message in an event that a client or a shim has published, when it is one of ours.
    private static Optional<Message> foreign(Foreign event) {
        var known = Known.TYPES.get(event.payload().typeUrl());
        if (known == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    (Message) known.getParserForType().parseFrom(event.payload().value()));
        } catch (InvalidProtocolBufferException _) {
            return Optional.empty();
        }
    }

    /// The end or the deletion of a task as our own event, also when a shim has told of it.
    static Event local(Event event) {
        if (!(event instanceof Foreign told)) {
            return event;
        }
        return switch (foreign(told).orElse(Any.getDefaultInstance())) {
            case TaskExit exit ->
                new TaskExited(
                        exit.getContainerId(),
                        exit.getId(),
                        exit.getPid(),
                        exit.getExitStatus(),
                        Wire.instant(exit.getExitedAt()));
            case TaskDelete delete ->
                new TaskDeleted(
                        delete.getContainerId(),
                        delete.getPid(),
                        delete.getExitStatus(),
                        Wire.instant(delete.getExitedAt()),
                        delete.getId());
            default -> event;
        };
    }

    /// Loaded when somebody filters foreign events, which is rare.
    private static final class Known {
        static final Map<String, Message> TYPES = Stream.<Message>of(
                        ContainerCreate.getDefaultInstance(),
                        ContainerUpdate.getDefaultInstance(),
                        ContainerDelete.getDefaultInstance(),
                        TaskCreate.getDefaultInstance(),
                        TaskStart.getDefaultInstance(),
                        TaskExit.getDefaultInstance(),
                        TaskDelete.getDefaultInstance(),
                        TaskOOM.getDefaultInstance(),
                        dev.coracle.containerd.api.events.TaskExecAdded.getDefaultInstance(),
                        dev.coracle.containerd.api.events.TaskExecStarted.getDefaultInstance(),
                        dev.coracle.containerd.api.events.TaskPaused.getDefaultInstance(),
                        dev.coracle.containerd.api.events.TaskResumed.getDefaultInstance())
                .collect(Collectors.toUnmodifiableMap(
                        message -> message.getDescriptorForType().getFullName(), Function.identity()));
    }
}
