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
            change.notifyAll();
        }
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> reply) {
        Reply.with(reply, () -> {
            if (!request.getService().isEmpty()) {
                throw new NotFound("unknown service " + request.getService());
            }
            synchronized (change) {
                return answer(status);
            }
        });
    }

    /// Tells the state now and each time that it changes. A service that nobody knows may come, says the protocol:
    /// its watchers are not refused.
    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> reply) {
        if (!request.getService().isEmpty()) {
            Outlet.<HealthCheckResponse>open("Health/Watch", reply, outlet -> {
                outlet.send(answer(ServingStatus.SERVICE_UNKNOWN));
                outlet.awaitEnd();
            });
            return;
        }
        Outlet.<HealthCheckResponse>open(
                "Health/Watch",
                reply,
                outlet -> Reply.waiting(() -> {
                    for (var told = ServingStatus.UNKNOWN; ; ) {
                        told = changed(told);
                        outlet.send(answer(told));
                    }
                }));
    }

    private ServingStatus changed(ServingStatus told) throws InterruptedException {
        synchronized (change) {
            while (status == told) {
                change.wait();
            }
            return status;
        }
    }

    private static HealthCheckResponse answer(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }
}
