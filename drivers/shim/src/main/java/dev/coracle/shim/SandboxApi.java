package dev.coracle.shim;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.coracle.containerd.api.shim.sandbox.CreateSandboxRequest;
import dev.coracle.containerd.api.shim.sandbox.CreateSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.PingRequest;
import dev.coracle.containerd.api.shim.sandbox.PingResponse;
import dev.coracle.containerd.api.shim.sandbox.SandboxMetricsRequest;
import dev.coracle.containerd.api.shim.sandbox.SandboxMetricsResponse;
import dev.coracle.containerd.api.shim.sandbox.SandboxStatusRequest;
import dev.coracle.containerd.api.shim.sandbox.SandboxStatusResponse;
import dev.coracle.containerd.api.shim.sandbox.ShutdownSandboxRequest;
import dev.coracle.containerd.api.shim.sandbox.ShutdownSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.StartSandboxRequest;
import dev.coracle.containerd.api.shim.sandbox.StartSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.StopSandboxRequest;
import dev.coracle.containerd.api.shim.sandbox.StopSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.WaitSandboxRequest;
import dev.coracle.containerd.api.shim.sandbox.WaitSandboxResponse;
import java.time.Duration;

/// The sandbox API of a shim. A shim without one answers NotImplemented to everything.
record SandboxApi(TtrpcClient client, String id) {
    private static final String SERVICE = "containerd.runtime.sandbox.v1.Sandbox";
    private static final Duration LOAD = Duration.ofSeconds(5);

    private <T> T call(String method, MessageLite request, Parser<T> parser, Duration limit) {
        return client.call(SERVICE, method, request, parser, limit);
    }

    void create(CreateSandboxRequest request) {
        var _ = call("CreateSandbox", request, CreateSandboxResponse.parser(), Duration.ZERO);
    }

    StartSandboxResponse start() {
        var request = StartSandboxRequest.newBuilder().setSandboxId(id).build();
        return call("StartSandbox", request, StartSandboxResponse.parser(), Duration.ZERO);
    }

    /// @param seconds that the sandbox has to end by itself; zero for the shim's own choice
    void stop(int seconds) {
        var request = StopSandboxRequest.newBuilder()
                .setSandboxId(id)
                .setTimeoutSecs(seconds)
                .build();
        var _ = call("StopSandbox", request, StopSandboxResponse.parser(), Duration.ZERO);
    }

    WaitSandboxResponse await() {
        var request = WaitSandboxRequest.newBuilder().setSandboxId(id).build();
        return call("WaitSandbox", request, WaitSandboxResponse.parser(), Duration.ZERO);
    }

    SandboxStatusResponse status(boolean verbose) {
        var request = SandboxStatusRequest.newBuilder()
                .setSandboxId(id)
                .setVerbose(verbose)
                .build();
        return call("SandboxStatus", request, SandboxStatusResponse.parser(), Duration.ZERO);
    }

    SandboxMetricsResponse metrics() {
        var request = SandboxMetricsRequest.newBuilder().setSandboxId(id).build();
        return call("SandboxMetrics", request, SandboxMetricsResponse.parser(), Duration.ZERO);
    }

    /// Asked where the daemon starts: a shim that does not answer must not keep it from that.
    void ping() {
        var request = PingRequest.newBuilder().setSandboxId(id).build();
        var _ = call("PingSandbox", request, PingResponse.parser(), LOAD);
    }

    /// Asks the shim to end with everything that is in the sandbox.
    void shutdown(Duration limit) {
        var request = ShutdownSandboxRequest.newBuilder().setSandboxId(id).build();
        var _ = call("ShutdownSandbox", request, ShutdownSandboxResponse.parser(), limit);
    }
}
