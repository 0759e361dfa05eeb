package dev.coracle.runtime;

/// How a container's control group is made.
enum CgroupUse {
    /// It has none: it stays in the daemon's.
    NONE,
    /// The runtime makes a directory in the cgroup file system.
    CGROUPFS,
    /// The runtime asks systemd for a scope.
    SYSTEMD
}
