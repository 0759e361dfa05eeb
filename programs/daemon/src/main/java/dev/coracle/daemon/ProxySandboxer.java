package dev.coracle.daemon;

import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerCreateResponse;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
import dev.coracle.containerd.api.sandbox.ControllerGrpc.ControllerBlockingV2Stub;
import dev.coracle.containerd.api.sandbox.ControllerMetricsRequest;
import dev.coracle.containerd.api.sandbox.ControllerMetricsResponse;
import dev.coracle.containerd.api.sandbox.ControllerShutdownRequest;
import dev.coracle.containerd.api.sandbox.ControllerShutdownResponse;
import dev.coracle.containerd.api.sandbox.ControllerStartRequest;
import dev.coracle.containerd.api.sandbox.ControllerStartResponse;
import dev.coracle.containerd.api.sandbox.ControllerStatusRequest;
import dev.coracle.containerd.api.sandbox.ControllerStatusResponse;
import dev.coracle.containerd.api.sandbox.ControllerStopRequest;
import dev.coracle.containerd.api.sandbox.ControllerStopResponse;
import dev.coracle.containerd.api.sandbox.ControllerUpdateRequest;
import dev.coracle.containerd.api.sandbox.ControllerUpdateResponse;
import dev.coracle.containerd.api.sandbox.ControllerWaitRequest;
import dev.coracle.containerd.api.sandbox.ControllerWaitResponse;
import dev.coracle.containerd.grpc.Sandboxer;
import dev.coracle.core.stores.Scope;
import dev.coracle.proxy.Peer;
import java.time.Duration;

/// Sandboxes that another program runs: requests and answers go through as they are.
record ProxySandboxer(Peer peer) implements Sandboxer {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private ControllerBlockingV2Stub stub(String namespace) {
        return peer.stub(ControllerGrpc::newBlockingV2Stub, Scope.of(namespace), LIMIT);
    }

    @Override
    public ControllerCreateResponse create(String namespace, ControllerCreateRequest request) {
        return peer.call(
                "create sandbox " + request.getSandboxId(),
                () -> stub(namespace).create(request));
    }

    @Override
    public ControllerStartResponse start(String namespace, ControllerStartRequest request) {
        return peer.call(
                "start sandbox " + request.getSandboxId(), () -> stub(namespace).start(request));
    }

    @Override
    public ControllerWaitResponse await(String namespace, ControllerWaitRequest request) {
        var unlimited = peer.stub(ControllerGrpc::newBlockingV2Stub, Scope.of(namespace));
        return peer.call("wait for sandbox " + request.getSandboxId(), () -> unlimited.wait(request));
    }

    @Override
    public ControllerStatusResponse status(String namespace, ControllerStatusRequest request) {
        return peer.call(
                "status of sandbox " + request.getSandboxId(),
                () -> stub(namespace).status(request));
    }

    @Override
    public ControllerMetricsResponse metrics(String namespace, ControllerMetricsRequest request) {
        return peer.call(
                "metrics of sandbox " + request.getSandboxId(),
                () -> stub(namespace).metrics(request));
    }

    @Override
    public ControllerUpdateResponse update(String namespace, ControllerUpdateRequest request) {
        return peer.call(
                "update sandbox " + request.getSandboxId(),
                () -> stub(namespace).update(request));
    }

    @Override
    public ControllerStopResponse stop(String namespace, ControllerStopRequest request) {
        return peer.call(
                "stop sandbox " + request.getSandboxId(), () -> stub(namespace).stop(request));
    }

    @Override
    public ControllerShutdownResponse shutdown(String namespace, ControllerShutdownRequest request) {
        return peer.call(
                "shut down sandbox " + request.getSandboxId(),
                () -> stub(namespace).shutdown(request));
    }
}
