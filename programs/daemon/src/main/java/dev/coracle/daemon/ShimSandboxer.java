package dev.coracle.daemon;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerCreateResponse;
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
import dev.coracle.containerd.api.shim.sandbox.CreateSandboxRequest;
import dev.coracle.containerd.grpc.Sandboxer;
import dev.coracle.core.containers.Container.RuntimeRef;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.shim.ShimSandboxes;
import java.time.InstantSource;

/// Sandboxes that shims run, in the words of the API. What is unset stays so; a sandbox that is not
/// there has a status all the same, as in containerd.
record ShimSandboxer(ShimSandboxes sandboxes, InstantSource clock) implements Sandboxer {
    /// Go's zero time.
    private static final Timestamp NEVER =
            Timestamp.newBuilder().setSeconds(-62_135_596_800L).build();

    /// The record in the request is what counts; without one there is the id.
    @Override
    public ControllerCreateResponse create(String namespace, ControllerCreateRequest request) {
        var record = request.getSandbox();
        var wanted = CreateSandboxRequest.newBuilder()
                .setSandboxId(request.hasSandbox() ? record.getSandboxId() : request.getSandboxId())
                .addAllRootfs(request.getRootfsList())
                .setNetnsPath(request.getNetnsPath())
                .putAllAnnotations(request.getAnnotationsMap());
        if (request.hasOptions()) {
            wanted.setOptions(request.getOptions());
        }
        var runtime = record.getRuntime();
        sandboxes.create(
                namespace,
                new RuntimeRef(runtime.getName(), bytes(runtime.getOptions())),
                bytes(record.getSpec()),
                wanted.build());
        return ControllerCreateResponse.newBuilder()
                .setSandboxId(request.getSandboxId())
                .build();
    }

    private static TypedBytes bytes(Any any) {
        return new TypedBytes(any.getTypeUrl(), any.getValue().toByteArray());
    }

    @Override
    public ControllerStartResponse start(String namespace, ControllerStartRequest request) {
        var started = sandboxes.start(namespace, request.getSandboxId());
        return ControllerStartResponse.newBuilder()
                .setSandboxId(request.getSandboxId())
                .setPid(started.getPid())
                .setCreatedAt(started.getCreatedAt())
                .build();
    }

    @Override
    public ControllerWaitResponse await(String namespace, ControllerWaitRequest request) {
        var ended = sandboxes.await(namespace, request.getSandboxId());
        return ControllerWaitResponse.newBuilder()
                .setExitStatus(ended.getExitStatus())
                .setExitedAt(ended.getExitedAt())
                .build();
    }

    @Override
    public ControllerStatusResponse status(String namespace, ControllerStatusRequest request) {
        return sandboxes
                .status(namespace, request.getSandboxId(), request.getVerbose())
                .map(status -> ControllerStatusResponse.newBuilder()
                        .setSandboxId(status.getSandboxId())
                        .setPid(status.getPid())
                        .setState(status.getState())
                        .putAllInfo(status.getInfoMap())
                        .setCreatedAt(status.getCreatedAt())
                        .setExitedAt(status.getExitedAt())
                        .setExtra(status.getExtra())
                        .build())
                .orElseGet(() -> ended(request.getSandboxId()));
    }

    private ControllerStatusResponse ended(String id) {
        var now = clock.instant();
        return ControllerStatusResponse.newBuilder()
                .setSandboxId(id)
                .setCreatedAt(NEVER)
                .setExitedAt(
                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .setExtra(Any.getDefaultInstance())
                .build();
    }

    @Override
    public ControllerMetricsResponse metrics(String namespace, ControllerMetricsRequest request) {
        var measured = sandboxes.metrics(namespace, request.getSandboxId());
        var answer = ControllerMetricsResponse.newBuilder();
        if (measured.hasMetrics()) {
            answer.setMetrics(measured.getMetrics());
        }
        return answer.build();
    }

    /// A shim is not told of changes, as in containerd.
    @Override
    public ControllerUpdateResponse update(String namespace, ControllerUpdateRequest request) {
        return ControllerUpdateResponse.getDefaultInstance();
    }

    @Override
    public ControllerStopResponse stop(String namespace, ControllerStopRequest request) {
        sandboxes.stop(namespace, request.getSandboxId(), request.getTimeoutSecs());
        return ControllerStopResponse.getDefaultInstance();
    }

    @Override
    public ControllerShutdownResponse shutdown(String namespace, ControllerShutdownRequest request) {
        sandboxes.shutdown(namespace, request.getSandboxId());
        return ControllerShutdownResponse.getDefaultInstance();
    }
}
