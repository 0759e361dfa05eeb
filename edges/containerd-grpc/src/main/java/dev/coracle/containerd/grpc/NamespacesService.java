package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.CreateNamespaceResponse;
import dev.coracle.containerd.api.namespaces.DeleteNamespaceRequest;
import dev.coracle.containerd.api.namespaces.GetNamespaceRequest;
import dev.coracle.containerd.api.namespaces.GetNamespaceResponse;
import dev.coracle.containerd.api.namespaces.ListNamespacesRequest;
import dev.coracle.containerd.api.namespaces.ListNamespacesResponse;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.namespaces.UpdateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.UpdateNamespaceResponse;
import dev.coracle.core.namespaces.NamespaceStore;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/// The namespaces. Reading one that does not exist is no failure, and an update answers nothing.
final class NamespacesService extends NamespacesGrpc.NamespacesImplBase {
    private final NamespaceStore namespaces;

    NamespacesService(NamespaceStore namespaces) {
        this.namespaces = namespaces;
    }

    @Override
    public void get(GetNamespaceRequest request, StreamObserver<GetNamespaceResponse> reply) {
        Reply.with(
                reply,
                () -> GetNamespaceResponse.newBuilder()
                        .setNamespace(encode(request.getName(), namespaces.labels(request.getName())))
                        .build());
    }

    @Override
    public void list(ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> reply) {
        Reply.with(
                reply,
                () -> ListNamespacesResponse.newBuilder()
                        .addAllNamespaces(namespaces.list().stream()
                                .map(name -> encode(name, namespaces.labels(name)))
                                .toList())
                        .build());
    }

    @Override
    public void create(CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> reply) {
        Reply.with(reply, () -> {
            var wanted = request.getNamespace();
            namespaces.create(wanted.getName(), wanted.getLabelsMap());
            return CreateNamespaceResponse.newBuilder()
                    .setNamespace(encode(wanted.getName(), namespaces.labels(wanted.getName())))
                    .build();
        });
    }

    @Override
    public void update(UpdateNamespaceRequest request, StreamObserver<UpdateNamespaceResponse> reply) {
        Reply.with(reply, () -> {
            var wanted = request.getNamespace();
            namespaces.update(wanted.getName(), wanted.getLabelsMap(), Wire.mask(request.getUpdateMask()));
            return UpdateNamespaceResponse.getDefaultInstance();
        });
    }

    @Override
    public void delete(DeleteNamespaceRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> namespaces.delete(request.getName()));
    }

    private static Namespace encode(String name, Map<String, String> labels) {
        return Namespace.newBuilder().setName(name).putAllLabels(labels).build();
    }
}
