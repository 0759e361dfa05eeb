package dev.coracle.core.tasks;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.types.TypedBytes;
import java.util.List;

/// What a task is made of: the OCI specification and the runtime's options as they came, the
/// mounts of its root file system, its stdio, and the sandbox that it runs in, empty without one.
public record CreateTask(
        String containerId,
        String runtime,
        TypedBytes spec,
        TypedBytes options,
        List<Mount> rootfs,
        Stdio stdio,
        String sandbox) {
    public CreateTask {
        rootfs = List.copyOf(rootfs);
    }

    /// A task without a sandbox.
    public CreateTask(
            String containerId, String runtime, TypedBytes spec, TypedBytes options, List<Mount> rootfs, Stdio stdio) {
        this(containerId, runtime, spec, options, rootfs, stdio, "");
    }
}
