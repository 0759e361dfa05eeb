package dev.coracle.core.networks;

/// A port of the host that leads to a port of a sandbox.
///
/// @param hostAddress empty: all addresses of both families
/// @param hostPort 0: any free one
public record PortBinding(Protocol protocol, String hostAddress, int hostPort, int containerPort) {
    public PortBinding {
        if (hostPort < 0 || hostPort > 65_535 || containerPort < 1 || containerPort > 65_535) {
            throw new dev.coracle.base.EngineException.InvalidArgument(
                    "port " + hostPort + ":" + containerPort + " is not between 1 and 65535");
        }
    }

    /// What is forwarded.
    public enum Protocol {
        TCP,
        UDP
    }
}
