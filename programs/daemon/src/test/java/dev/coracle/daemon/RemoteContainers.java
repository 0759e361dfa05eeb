package dev.coracle.daemon;

import static dev.coracle.daemon.RemoteValues.ask;

import dev.coracle.base.Filter;
import dev.coracle.containerd.api.containers.ContainersGrpc.ContainersBlockingStub;
import dev.coracle.containerd.api.containers.CreateContainerRequest;
import dev.coracle.containerd.api.containers.DeleteContainerRequest;
import dev.coracle.containerd.api.containers.GetContainerRequest;
import dev.coracle.containerd.api.containers.ListContainersRequest;
import dev.coracle.containerd.api.containers.UpdateContainerRequest;
import dev.coracle.core.containers.Container;
import dev.coracle.core.containers.Container.RuntimeRef;
import dev.coracle.core.containers.ContainerStore;
import dev.coracle.core.types.FieldMask;
import dev.coracle.core.types.TypedBytes;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// Containers over the wire.
record RemoteContainers(ContainersBlockingStub stub) implements ContainerStore {
    @Override
    public Container get(String id) {
        return decode(
                ask(() -> stub.get(GetContainerRequest.newBuilder().setId(id).build()))
                        .getContainer());
    }

    @Override
    public List<Container> list(List<Filter> filters) {
        return ask(() -> stub.list(ListContainersRequest.getDefaultInstance())).getContainersList().stream()
                .map(RemoteContainers::decode)
                .filter(container -> Filter.any(filters, path -> field(container, path)))
                .toList();
    }

    private static Optional<String> field(Container container, List<String> path) {
        return switch (path.getFirst()) {
            case "id" -> Optional.of(container.id());
            case "image" -> Optional.of(container.image());
            case "runtime" -> Optional.of(container.runtime().name());
            case "labels" -> Filter.label(container.labels(), path);
            default -> Optional.empty();
        };
    }

    @Override
    public Container create(Container container) {
        return decode(ask(() -> stub.create(CreateContainerRequest.newBuilder()
                        .setContainer(encode(container))
                        .build()))
                .getContainer());
    }

    @Override
    public Container update(Container container, FieldMask mask) {
        return decode(ask(() -> stub.update(UpdateContainerRequest.newBuilder()
                        .setContainer(encode(container))
                        .setUpdateMask(RemoteValues.mask(mask))
                        .build()))
                .getContainer());
    }

    @Override
    public void delete(String id) {
        ask(() -> stub.delete(DeleteContainerRequest.newBuilder().setId(id).build()));
    }

    private static dev.coracle.containerd.api.containers.Container encode(Container container) {
        var encoded = dev.coracle.containerd.api.containers.Container.newBuilder()
                .setId(container.id())
                .putAllLabels(container.labels())
                .setImage(container.image())
                .setRuntime(dev.coracle.containerd.api.containers.Container.Runtime.newBuilder()
                        .setName(container.runtime().name())
                        .setOptions(RemoteValues.any(container.runtime().options())))
                .setSpec(RemoteValues.any(container.spec()))
                .setSnapshotter(container.snapshotter())
                .setSnapshotKey(container.snapshotKey())
                .setSandbox(container.sandbox());
        container.extensions().forEach((name, value) -> encoded.putExtensions(name, RemoteValues.any(value)));
        return encoded.build();
    }

    private static Container decode(dev.coracle.containerd.api.containers.Container container) {
        var extensions = new HashMap<String, TypedBytes>();
        container.getExtensionsMap().forEach((name, value) -> extensions.put(name, RemoteValues.bytes(value)));
        return new Container(
                container.getId(),
                container.getLabelsMap(),
                container.getImage(),
                new RuntimeRef(
                        container.getRuntime().getName(),
                        RemoteValues.bytes(container.getRuntime().getOptions())),
                RemoteValues.bytes(container.getSpec()),
                container.getSnapshotter(),
                container.getSnapshotKey(),
                RemoteValues.instant(container.getCreatedAt()),
                RemoteValues.instant(container.getUpdatedAt()),
                extensions,
                container.getSandbox());
    }
}
