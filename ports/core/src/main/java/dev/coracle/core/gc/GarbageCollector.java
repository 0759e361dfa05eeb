package dev.coracle.core.gc;

/// Removes what nothing keeps. Deletions only touch metadata; this is where the disk space comes
/// back.
public interface GarbageCollector {
    /// Something was deleted: a collection will run soon, on a thread of the collector.
    void deleted();

    /// Runs a collection that sees everything done before the call, and waits for it, including
    /// the removal of files.
    Report collect();

    /// What a collection took away.
    record Report(int metadata, int blobs, int snapshots) {}
}
