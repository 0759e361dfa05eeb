package dev.coracle.core.tasks;

import java.time.Instant;

/// How a process ended: its exit status (128 + n for signal n), when, and the pid it had.
public record Exit(int pid, int status, Instant exitedAt) {}
