package dev.coracle.core.snapshots;

/// Disk taken by one snapshot without its parents: allocated bytes and the number of inodes.
public record Usage(long inodes, long bytes) {}
