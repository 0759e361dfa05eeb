package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerCreateResponse;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
import dev.coracle.containerd.api.sandbox.ControllerMetricsRequest;
import dev.coracle.containerd.api.sandbox.ControllerMetricsResponse;
import dev.coracle.containerd.api.sandbox.ControllerPlatformRequest;
import dev.coracle.containerd.api.sandbox.ControllerPlatformResponse;
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
import java.util.Map;
import java.util.Optional;

/// Running sandboxes, by the sandboxer that the request names. The daemon's own runtime runs containers without one.
/// `Platform` answers UNIMPLEMENTED, as containerd does.
final class SandboxControllerService extends ControllerGrpc.ControllerImplBase {
    private final Map<String, Sandboxer> sandboxers;

    SandboxControllerService(Map<String, Sandboxer> sandboxers) {
        this.sandboxers = Map.copyOf(sandboxers);
    }

    @Override
    public void create(ControllerCreateRequest request, StreamObserver<ControllerCreateResponse> reply) {
        Reply.with(reply, () -> named(request.getSandboxer()).create(namespace(), request));
    }

    @Override
    public void start(ControllerStartRequest request, StreamObserver<ControllerStartResponse> reply) {
        Reply.with(reply, () -> named(request.getSandboxer()).start(namespace(), request));
    }

    @Override
    public void platform(ControllerPlatformRequest request, StreamObserver<ControllerPlatformResponse> reply) {
        throw new NotImplemented("method Platform of a sandbox");
    }

    @Override
    public void wait(ControllerWaitRequest request, StreamObserver<ControllerWaitResponse> reply) {
        var namespace = namespace();
        var sandboxer = named(request.getSandboxer());
        Reply.with(reply, () -> Reply.waiting(() -> sandboxer.await(namespace, request)));
    }

    @Override
    public void status(ControllerStatusRequest request, StreamObserver<ControllerStatusResponse> reply) {
        Reply.with(reply, () -> named(request.getSandboxer()).status(namespace(), request));
    }

    @Override
    public void metrics(ControllerMetricsRequest request, StreamObserver<ControllerMetricsResponse> reply) {
        Reply.with(reply, () -> named(request.getSandboxer()).metrics(namespace(), request));
    }

    @Override
    public void update(ControllerUpdateRequest request, StreamObserver<ControllerUpdateResponse> reply) {
        Reply.with(reply, () -> named(request.getSandboxer()).update(namespace(), request));
    }

    @Override
    public void stop(ControllerStopRequest request, StreamObserver<ControllerStopResponse> reply) {
        Reply.with(reply, () -> named(request.getSandboxer()).stop(namespace(), request));
    }

    @Override
    public void shutdown(ControllerShutdownRequest request, StreamObserver<ControllerShutdownResponse> reply) {
        Reply.with(reply, () -> named(request.getSandboxer()).shutdown(namespace(), request));
    }

    private static String namespace() {
        return Caller.scope().namespace();
    }

    private Sandboxer named(String sandboxer) {
        Caller.scope();
        if (sandboxer.isEmpty()) {
            throw new InvalidArgument("sandboxer is required");
        }
        return Optional.ofNullable(sandboxers.get(sandboxer))
                .orElseThrow(() -> new NotFound("sandboxer \"" + sandboxer + "\": not found")
                        .remedy("run the containers one by one, or in a network and pid namespace of another one"));
    }
}
