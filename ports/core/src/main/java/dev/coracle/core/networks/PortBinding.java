package dev.coracle.core.networks;

import dev.coracle.base.EngineException.InvalidArgument;

/// A port of the host that leads to a port of a sandbox.
///
/// @param hostAddress empty in what is wanted: all addresses of both families; in what is in force
///     never empty (`0.0.0.0`, `::`, an address)
/// @param hostPort 0 in what is wanted: any free one
/// @param sourceKept in force only: whether the container sees the client's address (clients of
///     the host's own loopback excepted); ignored in what is wanted
public record PortBinding(Protocol protocol, String hostAddress, int hostPort, int containerPort, boolean sourceKept) {
    public PortBinding {
        if (hostPort < 0 || hostPort > 65_535 || containerPort < 1 || containerPort > 65_535) {
            throw new InvalidArgument("port " + hostPort + ":" + containerPort + " is not between 1 and 65535");
        }
        if (!hostAddress.isEmpty()) {
            hostAddress = Cidr.text(Cidr.address(hostAddress));
        }
    }

    /// What is wanted.
    public PortBinding(Protocol protocol, String hostAddress, int hostPort, int containerPort) {
        this(protocol, hostAddress, hostPort, containerPort, false);
    }

    /// What is forwarded.
    public enum Protocol {
        TCP,
        UDP
    }
}
