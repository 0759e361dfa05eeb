package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.version.VersionGrpc;
import dev.coracle.containerd.api.version.VersionResponse;
import io.grpc.stub.StreamObserver;

/// Which daemon is listening.
final class VersionService extends VersionGrpc.VersionImplBase {
    private final VersionResponse answer;

    VersionService(DaemonIdentity identity) {
        this.answer = VersionResponse.newBuilder()
                .setVersion(identity.version())
                .setRevision(identity.revision())
                .build();
    }

    @Override
    public void version(Empty request, StreamObserver<VersionResponse> reply) {
        Reply.with(reply, () -> answer);
    }
}
