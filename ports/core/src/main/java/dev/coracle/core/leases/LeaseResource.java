package dev.coracle.core.leases;

/// Something a lease keeps: `content`, `ingests`, `images` or `snapshots/<snapshotter>`, and its
/// id.
public record LeaseResource(String type, String id) {}
