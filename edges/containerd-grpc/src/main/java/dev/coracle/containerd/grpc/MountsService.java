package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.mounts.ActivateRequest;
import dev.coracle.containerd.api.mounts.ActivateResponse;
import dev.coracle.containerd.api.mounts.DeactivateRequest;
import dev.coracle.containerd.api.mounts.InfoRequest;
import dev.coracle.containerd.api.mounts.InfoResponse;
import dev.coracle.containerd.api.mounts.ListMessage;
import dev.coracle.containerd.api.mounts.ListRequest;
import dev.coracle.containerd.api.mounts.MountsGrpc;
import dev.coracle.containerd.api.mounts.UpdateRequest;
import dev.coracle.containerd.api.mounts.UpdateResponse;
import io.grpc.stub.StreamObserver;

/// Mounts that need more than mount(2). What this daemon's snapshotters answer never does, and the
/// answer UNIMPLEMENTED tells the client to mount by itself; types with a transformation
/// (`format/…`, `mkfs/…`, `mkdir/…`) are refused by name, since nothing here makes them.
final class MountsService extends MountsGrpc.MountsImplBase {
    @Override
    public void activate(ActivateRequest request, StreamObserver<ActivateResponse> reply) {
        Caller.scope();
        if (request.getName().isEmpty()) {
            throw new InvalidArgument("activation without a name");
        }
        for (var mount : request.getMountsList()) {
            if (mount.getType().indexOf('/') >= 0) {
                throw new NotImplemented("mount of type " + mount.getType());
            }
        }
        throw new NotImplemented("no mount of \"" + request.getName() + "\" needs a handler");
    }

    @Override
    public void deactivate(DeactivateRequest request, StreamObserver<Empty> reply) {
        throw missing(request.getName());
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> reply) {
        throw missing(request.getName());
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListMessage> reply) {
        Caller.scope();
        Filter.parse(request.getFiltersList());
        reply.onCompleted();
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateResponse> reply) {
        throw new NotImplemented("update of an activated mount");
    }

    private static NotFound missing(String name) {
        Caller.scope();
        return new NotFound("activated mount \"" + name + "\": not found");
    }
}
