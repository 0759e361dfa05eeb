package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.containerd.api.health.HealthCheckRequest;
import dev.coracle.containerd.api.health.HealthCheckResponse.ServingStatus;
import dev.coracle.containerd.api.health.HealthGrpc;
import io.grpc.Context;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

class HealthOverTheWire extends OverTheWire {
    @Test
    void the_daemon_serves() {
        var health = HealthGrpc.newBlockingStub(channel);

        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void a_service_that_nobody_knows_has_no_health() {
        fails(
                Status.Code.NOT_FOUND,
                "unknown service",
                () -> HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.newBuilder()
                                .setService("cats")
                                .build()));
    }

    @Test
    void a_watcher_is_told_the_state_at_once() {
        for (var service : new String[] {"", "cats"}) {
            var call = Context.current().withCancellation();
            call.run(() -> assertThat(in(HealthGrpc.newBlockingStub(channel))
                            .watch(HealthCheckRequest.newBuilder()
                                    .setService(service)
                                    .build())
                            .next()
                            .getStatus())
                    .isEqualTo(service.isEmpty() ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN));
            call.cancel(null);
        }
    }
}
