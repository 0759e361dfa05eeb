package dev.coracle.containerd.grpc;

/// What a daemon says about itself: the version of containerd whose API it speaks (clients parse
/// it as a semantic version), our own revision, an id that stays over restarts, and where its
/// process is to be found.
public record DaemonIdentity(String version, String revision, String uuid, long pid, long pidNamespace) {}
