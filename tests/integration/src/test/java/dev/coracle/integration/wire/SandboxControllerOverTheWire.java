package dev.coracle.integration.wire;

import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
import dev.coracle.containerd.api.sandbox.ControllerGrpc.ControllerBlockingStub;
import dev.coracle.containerd.api.sandbox.ControllerMetricsRequest;
import dev.coracle.containerd.api.sandbox.ControllerPlatformRequest;
import dev.coracle.containerd.api.sandbox.ControllerShutdownRequest;
import dev.coracle.containerd.api.sandbox.ControllerStartRequest;
import dev.coracle.containerd.api.sandbox.ControllerStatusRequest;
import dev.coracle.containerd.api.sandbox.ControllerStopRequest;
import dev.coracle.containerd.api.sandbox.ControllerUpdateRequest;
import dev.coracle.containerd.api.sandbox.ControllerWaitRequest;
import dev.coracle.containerd.api.types.Sandbox;
import io.grpc.Status;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What succeeds needs a shim that makes sandboxes, which Debian does not have: a daemon's proxy plugin stands in for
/// one in the daemon's own tests.
@Since("2.0")
class SandboxControllerOverTheWire extends OverTheWire {
    private static final String SHIM = "shim";

    private final ControllerBlockingStub controller = in(ControllerGrpc.newBlockingStub(channel));

    private List<ThrowingCallable> calls(String sandboxer, String id) {
        return List.of(
                () -> controller.create(ControllerCreateRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.start(ControllerStartRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.wait(ControllerWaitRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.metrics(ControllerMetricsRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.shutdown(ControllerShutdownRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.update(ControllerUpdateRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .setSandbox(Sandbox.newBuilder()
                                .setSandboxId(id)
                                .setRuntime(Sandbox.Runtime.newBuilder().setName("r")))
                        .build()),
                () -> controller.status(ControllerStatusRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()),
                () -> controller.stop(ControllerStopRequest.newBuilder()
                        .setSandboxer(sandboxer)
                        .setSandboxId(id)
                        .build()));
    }

    @Test
    void a_sandboxer_is_required() {
        calls("", "s").forEach(call -> refuses("", call));
    }

    @Test
    void an_unknown_sandboxer_is_missing() {
        calls("cats", "s").forEach(OverTheWire::isMissing);
    }

    @Test
    void a_platform_is_not_told() {
        fails(
                Status.Code.UNIMPLEMENTED,
                "not implemented",
                () -> controller.platform(ControllerPlatformRequest.newBuilder()
                        .setSandboxer(SHIM)
                        .setSandboxId("s")
                        .build()));
    }

    @Test
    void a_sandbox_that_does_not_run_is_missing() {
        calls(SHIM, "nobody").subList(2, 5).forEach(OverTheWire::isMissing);
    }
}
