package dev.coracle.daemon;

import static dev.coracle.daemon.RemoteValues.ask;

import dev.coracle.base.Filter;
import dev.coracle.containerd.api.containers.ContainersGrpc;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.leases.AddResourceRequest;
import dev.coracle.containerd.api.leases.CreateRequest;
import dev.coracle.containerd.api.leases.DeleteRequest;
import dev.coracle.containerd.api.leases.DeleteResourceRequest;
import dev.coracle.containerd.api.leases.LeasesGrpc;
import dev.coracle.containerd.api.leases.LeasesGrpc.LeasesBlockingStub;
import dev.coracle.containerd.api.leases.ListRequest;
import dev.coracle.containerd.api.leases.ListResourcesRequest;
import dev.coracle.containerd.api.leases.Resource;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.DeleteNamespaceRequest;
import dev.coracle.containerd.api.namespaces.GetNamespaceRequest;
import dev.coracle.containerd.api.namespaces.ListNamespacesRequest;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc.NamespacesBlockingStub;
import dev.coracle.containerd.api.namespaces.UpdateNamespaceRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.core.containers.ContainerStore;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.images.ImageStore;
import dev.coracle.core.leases.Lease;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.leases.LeaseStore;
import dev.coracle.core.namespaces.NamespaceStore;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.types.FieldMask;
import io.grpc.stub.AbstractStub;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The stores of a daemon as its clients have them, so that the contract suites run through the
/// socket.
record RemoteStores(RunningDaemon daemon) implements Stores {
    @Override
    public NamespaceStore namespaces() {
        return new Namespaces(NamespacesGrpc.newBlockingStub(daemon.channel));
    }

    @Override
    public NamespaceStores in(Scope scope) {
        return new Tenant(daemon, scope);
    }

    @Override
    public void close() {}

    /// Deletes a lease with `sync`, which is how clients ask for a collection.
    GarbageCollector collector() {
        return new GarbageCollector() {
            @Override
            public void deleted() {}

            @Override
            public Report collect() {
                var leases = new Leases(daemon.in("collect", LeasesGrpc.newBlockingStub(daemon.channel)));
                var lease = leases.create(Optional.empty(), Map.of());
                ask(() -> leases.stub()
                        .delete(DeleteRequest.newBuilder()
                                .setId(lease.id())
                                .setSync(true)
                                .build()));
                return new Report(0, 0, 0);
            }
        };
    }

    private record Tenant(RunningDaemon daemon, Scope scope) implements NamespaceStores {
        private <S extends AbstractStub<S>> S scoped(S stub) {
            var headers = new HashMap<>(Map.of("containerd-namespace", scope.namespace()));
            scope.lease().ifPresent(lease -> headers.put("containerd-lease", lease));
            return daemon.with(headers, stub);
        }

        @Override
        public ContentStore content() {
            return new RemoteContent(
                    scoped(ContentGrpc.newBlockingStub(daemon.channel)), scoped(ContentGrpc.newStub(daemon.channel)));
        }

        @Override
        public ImageStore images() {
            return new RemoteImages(scoped(ImagesGrpc.newBlockingStub(daemon.channel)));
        }

        @Override
        public ContainerStore containers() {
            return new RemoteContainers(scoped(ContainersGrpc.newBlockingStub(daemon.channel)));
        }

        @Override
        public LeaseStore leases() {
            return new Leases(scoped(LeasesGrpc.newBlockingStub(daemon.channel)));
        }

        @Override
        public Snapshotter snapshotter(String name) {
            var snapshotter = new RemoteSnapshotter(name, scoped(SnapshotsGrpc.newBlockingStub(daemon.channel)));
            snapshotter.walk(List.of(), _ -> {}); // an unknown one is refused by the first request only
            return snapshotter;
        }
    }

    private record Namespaces(NamespacesBlockingStub stub) implements NamespaceStore {
        @Override
        public Map<String, String> labels(String namespace) {
            return ask(() -> stub.get(
                            GetNamespaceRequest.newBuilder().setName(namespace).build()))
                    .getNamespace()
                    .getLabelsMap();
        }

        @Override
        public List<String> list() {
            return ask(() -> stub.list(ListNamespacesRequest.getDefaultInstance())).getNamespacesList().stream()
                    .map(Namespace::getName)
                    .toList();
        }

        @Override
        public void create(String namespace, Map<String, String> labels) {
            ask(() -> stub.create(CreateNamespaceRequest.newBuilder()
                    .setNamespace(Namespace.newBuilder().setName(namespace).putAllLabels(labels))
                    .build()));
        }

        @Override
        public void update(String namespace, Map<String, String> labels, FieldMask mask) {
            ask(() -> stub.update(UpdateNamespaceRequest.newBuilder()
                    .setNamespace(Namespace.newBuilder().setName(namespace).putAllLabels(labels))
                    .setUpdateMask(RemoteValues.mask(mask))
                    .build()));
        }

        @Override
        public void delete(String namespace) {
            ask(() -> stub.delete(
                    DeleteNamespaceRequest.newBuilder().setName(namespace).build()));
        }
    }

    private record Leases(LeasesBlockingStub stub) implements LeaseStore {
        @Override
        public Lease create(Optional<String> id, Map<String, String> labels) {
            return decode(ask(() -> stub.create(CreateRequest.newBuilder()
                            .setId(id.orElse(""))
                            .putAllLabels(labels)
                            .build()))
                    .getLease());
        }

        @Override
        public void delete(String id) {
            ask(() -> stub.delete(DeleteRequest.newBuilder().setId(id).build()));
        }

        @Override
        public List<Lease> list(List<Filter> filters) {
            return ask(() -> stub.list(ListRequest.getDefaultInstance())).getLeasesList().stream()
                    .map(Leases::decode)
                    .filter(lease -> Filter.any(filters, path -> switch (path.getFirst()) {
                        case "id" -> Optional.of(lease.id());
                        case "labels" -> Filter.label(lease.labels(), path);
                        default -> Optional.empty();
                    }))
                    .toList();
        }

        @Override
        public void add(String lease, LeaseResource resource) {
            ask(() -> stub.addResource(AddResourceRequest.newBuilder()
                    .setId(lease)
                    .setResource(encode(resource))
                    .build()));
        }

        @Override
        public void remove(String lease, LeaseResource resource) {
            ask(() -> stub.deleteResource(DeleteResourceRequest.newBuilder()
                    .setId(lease)
                    .setResource(encode(resource))
                    .build()));
        }

        @Override
        public List<LeaseResource> resources(String lease) {
            return ask(() -> stub.listResources(
                            ListResourcesRequest.newBuilder().setId(lease).build()))
                    .getResourcesList()
                    .stream()
                    .map(resource -> new LeaseResource(resource.getType(), resource.getId()))
                    .toList();
        }

        private static Resource encode(LeaseResource resource) {
            return Resource.newBuilder()
                    .setType(resource.type())
                    .setId(resource.id())
                    .build();
        }

        private static Lease decode(dev.coracle.containerd.api.leases.Lease lease) {
            return new Lease(lease.getId(), RemoteValues.instant(lease.getCreatedAt()), lease.getLabelsMap());
        }
    }
}
