package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.containers.ContainersGrpc;
import dev.coracle.containerd.api.containers.CreateContainerRequest;
import dev.coracle.containerd.api.containers.CreateContainerResponse;
import dev.coracle.containerd.api.containers.DeleteContainerRequest;
import dev.coracle.containerd.api.containers.GetContainerRequest;
import dev.coracle.containerd.api.containers.GetContainerResponse;
import dev.coracle.containerd.api.containers.ListContainerMessage;
import dev.coracle.containerd.api.containers.ListContainersRequest;
import dev.coracle.containerd.api.containers.ListContainersResponse;
import dev.coracle.containerd.api.containers.UpdateContainerRequest;
import dev.coracle.containerd.api.containers.UpdateContainerResponse;
import dev.coracle.core.containers.Container;
import dev.coracle.core.containers.ContainerStore;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.types.TypedBytes;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;

/// The records of containers; their tasks are another service's.
final class ContainersService extends ContainersGrpc.ContainersImplBase {
    private final Stores stores;

    ContainersService(Stores stores) {
        this.stores = stores;
    }

    @Override
    public void get(GetContainerRequest request, StreamObserver<GetContainerResponse> reply) {
        Reply.with(
                reply,
                () -> GetContainerResponse.newBuilder()
                        .setContainer(encode(containers().get(request.getId())))
                        .build());
    }

    @Override
    public void list(ListContainersRequest request, StreamObserver<ListContainersResponse> reply) {
        Reply.with(
                reply,
                () -> ListContainersResponse.newBuilder()
                        .addAllContainers(containers().list(Filter.parse(request.getFiltersList())).stream()
                                .map(ContainersService::encode)
                                .toList())
                        .build());
    }

    @Override
    public void listStream(ListContainersRequest request, StreamObserver<ListContainerMessage> reply) {
        var containers = containers();
        Outlet.open("Containers/ListStream", reply, outlet -> {
            for (var container : containers.list(Filter.parse(request.getFiltersList()))) {
                outlet.send(ListContainerMessage.newBuilder()
                        .setContainer(encode(container))
                        .build());
            }
        });
    }

    @Override
    public void create(CreateContainerRequest request, StreamObserver<CreateContainerResponse> reply) {
        Reply.with(
                reply,
                () -> CreateContainerResponse.newBuilder()
                        .setContainer(encode(containers().create(decode(request.getContainer()))))
                        .build());
    }

    @Override
    public void update(UpdateContainerRequest request, StreamObserver<UpdateContainerResponse> reply) {
        Reply.with(
                reply,
                () -> UpdateContainerResponse.newBuilder()
                        .setContainer(encode(containers()
                                .update(decode(request.getContainer()), Wire.mask(request.getUpdateMask()))))
                        .build());
    }

    @Override
    public void delete(DeleteContainerRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> containers().delete(request.getId()));
    }

    private ContainerStore containers() {
        return stores.in(Caller.scope()).containers();
    }

    private static Container decode(dev.coracle.containerd.api.containers.Container container) {
        var extensions = new HashMap<String, TypedBytes>();
        container.getExtensionsMap().forEach((name, value) -> extensions.put(name, Wire.bytes(value)));
        return new Container(
                container.getId(),
                container.getLabelsMap(),
                container.getImage(),
                new Container.RuntimeRef(
                        container.getRuntime().getName(),
                        Wire.bytes(container.getRuntime().getOptions())),
                Wire.bytes(container.getSpec()),
                container.getSnapshotter(),
                container.getSnapshotKey(),
                Wire.instant(container.getCreatedAt()),
                Wire.instant(container.getUpdatedAt()),
                extensions,
                container.getSandbox());
    }

    private static dev.coracle.containerd.api.containers.Container encode(Container container) {
        var runtime = dev.coracle.containerd.api.containers.Container.Runtime.newBuilder()
                .setName(container.runtime().name());
        if (!container.runtime().options().isNone()) {
            runtime.setOptions(Wire.any(container.runtime().options()));
        }
        var encoded = dev.coracle.containerd.api.containers.Container.newBuilder()
                .setId(container.id())
                .putAllLabels(container.labels())
                .setImage(container.image())
                .setRuntime(runtime)
                .setSnapshotter(container.snapshotter())
                .setSnapshotKey(container.snapshotKey())
                .setCreatedAt(Wire.timestamp(container.createdAt()))
                .setUpdatedAt(Wire.timestamp(container.updatedAt()))
                .putAllExtensions(extensions(container))
                .setSandbox(container.sandbox());
        if (!container.spec().isNone()) {
            encoded.setSpec(Wire.any(container.spec()));
        }
        return encoded.build();
    }

    private static Map<String, Any> extensions(Container container) {
        var encoded = new HashMap<String, Any>();
        container.extensions().forEach((name, value) -> encoded.put(name, Wire.any(value)));
        return encoded;
    }
}
