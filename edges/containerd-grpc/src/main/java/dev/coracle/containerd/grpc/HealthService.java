package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.containerd.api.health.HealthCheckRequest;
import dev.coracle.containerd.api.health.HealthCheckResponse;
import dev.coracle.containerd.api.health.HealthCheckResponse.ServingStatus;
import dev.coracle.containerd.api.health.HealthGrpc;
import io.grpc.stub.StreamObserver;

/// Whether everything is up; for the daemon as a whole only (the empty service name).
final class HealthService extends HealthGrpc.HealthImplBase {
    private final Object change = new Object();
    private ServingStatus status = ServingStatus.NOT_SERVING;

    void serving(boolean serving) {
        synchronized (change) {
            status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        }
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> reply) {
        Reply.with(reply, () -> {
            if (!request.getService().isEmpty()) {
                throw new NotFound("unknown service " + request.getService());
            }
            synchronized (change) {
                return HealthCheckResponse.newBuilder().setStatus(status).build();
            }
        });
    }
}
