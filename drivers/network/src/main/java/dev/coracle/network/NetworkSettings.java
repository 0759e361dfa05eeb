package dev.coracle.network;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;

/// Where the networks live and how they reach the world.
///
/// @param state a directory of our own below the daemon's state, in its mount namespace; namespaces
///     are held there
/// @param namespace the container network namespace (`$ROOTLESSKIT_STATE_DIR/netns`) while this
///     process is in the host's; empty: bridges are made in this process's own
/// @param rootlesskit the launcher's `api.sock` through which ports are published; used only
///     without `namespace`. Without both, ports are published in this process's own namespace
/// @param resolvConf the file that names the upstream name servers, as this process sees it
/// @param hostAddress what `host.docker.internal` is; empty: this host's own address, found by its
///     default route
public record NetworkSettings(
        Path state,
        Optional<Path> namespace,
        Optional<Path> rootlesskit,
        Path resolvConf,
        Optional<InetAddress> hostAddress) {}
