package dev.coracle.core.networks;

import dev.coracle.base.EngineException.InvalidArgument;

/// A port of the host that leads to a port of a sandbox.
///
/// @param hostAddress empty in what is wanted: all addresses of both families; in what is in force
///     never empty (`0.0.0.0`, `::`, an address)
/// @param hostPort 0 in what is wanted: any free one
/// @param lastHostPort in what is wanted: the end of a range that begins at `hostPort` and of which
///     the first free one is taken; otherwise the same as `hostPort`, for which 0 may be given
/// @param sourceKept in force only: whether the container sees the client's address (clients of
///     the host's own loopback excepted); ignored in what is wanted
public record PortBinding(
        Protocol protocol, String hostAddress, int hostPort, int lastHostPort, int containerPort, boolean sourceKept) {
    private static final int LAST = 65_535;

    public PortBinding {
        if (hostPort < 0 || hostPort > LAST || containerPort < 1 || containerPort > LAST) {
            throw new InvalidArgument("port " + hostPort + ":" + containerPort + " is not between 1 and " + LAST);
        }
        lastHostPort = lastHostPort == 0 ? hostPort : lastHostPort;
        if (lastHostPort < hostPort || lastHostPort > LAST || (hostPort == 0 && lastHostPort > 0)) {
            throw new InvalidArgument("ports " + hostPort + "-" + lastHostPort + " are no range");
        }
        if (!hostAddress.isEmpty()) {
            hostAddress = Cidr.text(Cidr.address(hostAddress));
        }
    }

    /// What is in force.
    public PortBinding(Protocol protocol, String hostAddress, int hostPort, int containerPort, boolean sourceKept) {
        this(protocol, hostAddress, hostPort, hostPort, containerPort, sourceKept);
    }

    /// What is wanted.
    public PortBinding(Protocol protocol, String hostAddress, int hostPort, int containerPort) {
        this(protocol, hostAddress, hostPort, containerPort, false);
    }

    /// Is it wanted as any of several ports?
    public boolean isRange() {
        return lastHostPort > hostPort;
    }

    /// What is forwarded.
    public enum Protocol {
        TCP,
        UDP
    }
}
