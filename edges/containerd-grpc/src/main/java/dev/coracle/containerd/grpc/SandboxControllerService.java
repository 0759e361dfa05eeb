package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.Unknown;
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
import dev.coracle.core.events.Event.SandboxCreated;
import dev.coracle.core.events.Event.SandboxExited;
import dev.coracle.core.events.Event.SandboxStarted;
import dev.coracle.core.events.EventExchange;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;

/// Running sandboxes, by the sandboxer that the request names. What becomes of them is told as events, and an end to
/// everybody who waits for it. `Platform` answers UNIMPLEMENTED, as containerd does.
final class SandboxControllerService extends ControllerGrpc.ControllerImplBase {
    private final Map<String, Sandboxer> sandboxers;
    private final EventExchange events;

    SandboxControllerService(Map<String, Sandboxer> sandboxers, EventExchange events) {
        this.sandboxers = Map.copyOf(sandboxers);
        this.events = events;
    }

    @Override
    public void create(ControllerCreateRequest request, StreamObserver<ControllerCreateResponse> reply) {
        Reply.with(reply, () -> {
            var created = named(request.getSandboxer()).create(namespace(), request);
            events.publish(namespace(), new SandboxCreated(request.getSandboxId()));
            return created;
        });
    }

    @Override
    public void start(ControllerStartRequest request, StreamObserver<ControllerStartResponse> reply) {
        Reply.with(reply, () -> {
            var sandboxer = named(request.getSandboxer());
            try {
                var started = sandboxer.start(namespace(), request);
                events.publish(namespace(), new SandboxStarted(request.getSandboxId()));
                return started;
            } catch (EngineException e) {
                throw e.within("failed to start sandbox \"" + request.getSandboxId() + "\"");
            }
        });
    }

    @Override
    public void platform(ControllerPlatformRequest request, StreamObserver<ControllerPlatformResponse> reply) {
        throw new NotImplemented("method Platform of a sandbox");
    }

    @Override
    public void wait(ControllerWaitRequest request, StreamObserver<ControllerWaitResponse> reply) {
        var namespace = namespace();
        var sandboxer = named(request.getSandboxer());
        Reply.with(reply, () -> {
            var ended = Reply.waiting(() -> sandboxer.await(namespace, request));
            events.publish(
                    namespace,
                    new SandboxExited(
                            request.getSandboxId(), ended.getExitStatus(), Wire.instant(ended.getExitedAt())));
            return ended;
        });
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
        Reply.with(reply, () -> {
            var sandboxer = named(request.getSandboxer());
            if (!request.hasSandbox()) {
                throw new Unknown("sandbox can not be nil"); // without a code, as in containerd
            }
            return sandboxer.update(namespace(), request);
        });
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
            throw new InvalidArgument("sandbox controller name can not be empty");
        }
        return Optional.ofNullable(sandboxers.get(sandboxer))
                .orElseThrow(() -> new NotFound("failed to get sandbox controller by " + sandboxer)
                        .remedy("name shim, or a plugin of type \"sandbox\" in [proxy_plugins]"));
    }
}
