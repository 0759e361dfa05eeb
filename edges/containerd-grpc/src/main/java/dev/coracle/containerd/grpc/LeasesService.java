package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.leases.AddResourceRequest;
import dev.coracle.containerd.api.leases.CreateRequest;
import dev.coracle.containerd.api.leases.CreateResponse;
import dev.coracle.containerd.api.leases.DeleteRequest;
import dev.coracle.containerd.api.leases.DeleteResourceRequest;
import dev.coracle.containerd.api.leases.LeasesGrpc;
import dev.coracle.containerd.api.leases.ListRequest;
import dev.coracle.containerd.api.leases.ListResourcesRequest;
import dev.coracle.containerd.api.leases.ListResourcesResponse;
import dev.coracle.containerd.api.leases.ListResponse;
import dev.coracle.containerd.api.leases.Resource;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.leases.Lease;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.leases.LeaseStore;
import dev.coracle.core.stores.Stores;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/// Leases. Deleting one with `sync` waits for a whole collection.
final class LeasesService extends LeasesGrpc.LeasesImplBase {
    private final Stores stores;
    private final GarbageCollector collector;

    LeasesService(Stores stores, GarbageCollector collector) {
        this.stores = stores;
        this.collector = collector;
    }

    @Override
    public void create(CreateRequest request, StreamObserver<CreateResponse> reply) {
        Reply.with(reply, () -> {
            var id = Optional.of(request.getId()).filter(given -> !given.isEmpty());
            return CreateResponse.newBuilder()
                    .setLease(encode(leases().create(id, request.getLabelsMap())))
                    .build();
        });
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            leases().delete(request.getId());
            if (request.getSync()) {
                collector.collect();
            }
        });
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> reply) {
        Reply.with(
                reply,
                () -> ListResponse.newBuilder()
                        .addAllLeases(leases().list(Filter.parse(request.getFiltersList())).stream()
                                .map(LeasesService::encode)
                                .toList())
                        .build());
    }

    @Override
    public void addResource(AddResourceRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> leases().add(request.getId(), decode(request.getResource())));
    }

    @Override
    public void deleteResource(DeleteResourceRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> leases().remove(request.getId(), decode(request.getResource())));
    }

    @Override
    public void listResources(ListResourcesRequest request, StreamObserver<ListResourcesResponse> reply) {
        Reply.with(
                reply,
                () -> ListResourcesResponse.newBuilder()
                        .addAllResources(leases().resources(request.getId()).stream()
                                .map(resource -> Resource.newBuilder()
                                        .setType(resource.type())
                                        .setId(resource.id())
                                        .build())
                                .toList())
                        .build());
    }

    private LeaseStore leases() {
        return stores.in(Caller.scope()).leases();
    }

    private static LeaseResource decode(Resource resource) {
        return new LeaseResource(resource.getType(), resource.getId());
    }

    private static dev.coracle.containerd.api.leases.Lease encode(Lease lease) {
        return dev.coracle.containerd.api.leases.Lease.newBuilder()
                .setId(lease.id())
                .setCreatedAt(Wire.timestamp(lease.createdAt()))
                .putAllLabels(lease.labels())
                .build();
    }
}
