package dev.coracle.core.tasks;

/// Where a process stands. The order is that of the wire.
public enum TaskStatus {
    UNKNOWN,
    CREATED,
    RUNNING,
    STOPPED,
    PAUSED,
    PAUSING
}
