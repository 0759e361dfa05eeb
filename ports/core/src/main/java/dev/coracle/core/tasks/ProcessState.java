package dev.coracle.core.tasks;

import java.time.Instant;

/// A process as it is now. `execId` is empty for the init process; `exitStatus` and `exitedAt`
/// (EPOCH before) count once the status is STOPPED.
public record ProcessState(
        String containerId,
        String execId,
        int pid,
        TaskStatus status,
        Stdio stdio,
        int exitStatus,
        Instant exitedAt,
        String bundle) {}
