package dev.coracle.core.snapshots;

/// What a snapshot is for.
public enum Kind {
    /// Read-only, never committed.
    VIEW,
    /// Writable, may be committed.
    ACTIVE,
    /// Finished; may be a parent.
    COMMITTED
}
