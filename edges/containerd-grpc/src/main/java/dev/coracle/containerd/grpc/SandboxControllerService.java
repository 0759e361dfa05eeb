package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerCreateResponse;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
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
import io.grpc.stub.StreamObserver;

/// Running sandboxes. No sandboxer is part of this daemon yet: its own runtime runs containers
/// without one, so every name is unknown here, as it is in containerd without the plugin.
/// `Platform` answers UNIMPLEMENTED, as containerd does.
final class SandboxControllerService extends ControllerGrpc.ControllerImplBase {
    @Override
    public void create(ControllerCreateRequest request, StreamObserver<ControllerCreateResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    @Override
    public void start(ControllerStartRequest request, StreamObserver<ControllerStartResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    @Override
    public void wait(ControllerWaitRequest request, StreamObserver<ControllerWaitResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    @Override
    public void status(ControllerStatusRequest request, StreamObserver<ControllerStatusResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    @Override
    public void metrics(ControllerMetricsRequest request, StreamObserver<ControllerMetricsResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    @Override
    public void update(ControllerUpdateRequest request, StreamObserver<ControllerUpdateResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    @Override
    public void stop(ControllerStopRequest request, StreamObserver<ControllerStopResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    @Override
    public void shutdown(ControllerShutdownRequest request, StreamObserver<ControllerShutdownResponse> reply) {
        throw unknown(request.getSandboxer());
    }

    private static EngineException unknown(String sandboxer) {
        Caller.scope();
        return sandboxer.isEmpty()
                ? new InvalidArgument("sandboxer is required")
                : new NotFound("sandboxer \"" + sandboxer + "\": not found")
                        .remedy("run the containers one by one, or in a network and pid namespace of another one");
    }
}
