package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.version.VersionGrpc;
import io.grpc.StatusRuntimeException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
    private static String read(int port, String path) throws IOException {
        try (var in = URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void calls_are_counted_by_method_and_outcome() throws Exception {
        try (var daemon = RunningDaemon.measured()) {
            for (var at = 0; at < 3; at++) {
                var _ = VersionGrpc.newBlockingStub(daemon.channel).version(Empty.getDefaultInstance());
            }
            assertThatThrownBy(() -> daemon.in("ns", ImagesGrpc.newBlockingStub(daemon.channel))
                            .get(GetImageRequest.newBuilder().setName("none").build()))
                    .isInstanceOf(StatusRuntimeException.class);
            var version = "grpc_method=\"Version\",grpc_service=\"containerd.services.version.v1.Version\","
                    + "grpc_type=\"unary\"";
            var images =
                    "grpc_method=\"Get\",grpc_service=\"containerd.services.images.v1.Images\",grpc_type=\"unary\"";
            assertThat(read(daemon.metricsPort(), "/v1/metrics").lines())
                    .contains(
                            "# TYPE grpc_server_handled_total counter",
                            "grpc_server_started_total{" + version + "} 3",
                            "grpc_server_handled_total{grpc_code=\"OK\"," + version + "} 3",
                            "grpc_server_msg_received_total{" + version + "} 3",
                            "grpc_server_msg_sent_total{" + version + "} 3",
                            "grpc_server_handled_total{grpc_code=\"NotFound\"," + images + "} 1",
                            "grpc_server_handling_seconds_bucket{" + version + ",le=\"+Inf\"} 3",
                            "grpc_server_handling_seconds_count{" + images + "} 1");
        }
    }

    @Test
    void nothing_else_is_served_there() throws Exception {
        try (var endpoint = MetricsEndpoint.open("127.0.0.1:0", () -> "here")) {
            assertThat(read(endpoint.port(), "/v1/metrics")).isEqualTo("here");
            assertThatThrownBy(() -> read(endpoint.port(), "/")).isInstanceOf(FileNotFoundException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nowhere", "127.0.0.1:http", "127.0.0.1:99999", "127.0.0.1:-1"})
    void an_address_that_is_none_keeps_the_daemon_from_starting(String address) {
        assertThatThrownBy(() -> MetricsEndpoint.open(address, () -> ""))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("for metrics");
    }
}
