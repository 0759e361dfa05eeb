package dev.coracle.containerd.grpc;

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

/// Who runs sandboxes, in the namespace given with every call. Failures are those of the ports.
public interface Sandboxer {
    ControllerCreateResponse create(String namespace, ControllerCreateRequest request);

    ControllerStartResponse start(String namespace, ControllerStartRequest request);

    /// Waits for the end of a sandbox, also of one that has ended.
    ControllerWaitResponse await(String namespace, ControllerWaitRequest request) throws InterruptedException;

    ControllerStatusResponse status(String namespace, ControllerStatusRequest request);

    ControllerMetricsResponse metrics(String namespace, ControllerMetricsRequest request);

    ControllerUpdateResponse update(String namespace, ControllerUpdateRequest request);

    ControllerStopResponse stop(String namespace, ControllerStopRequest request);

    ControllerShutdownResponse shutdown(String namespace, ControllerShutdownRequest request);
}
