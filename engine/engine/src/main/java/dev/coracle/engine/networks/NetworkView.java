package dev.coracle.engine.networks;

import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.Network;
import java.util.List;

/// A network and who is connected to it now.
public record NetworkView(Network network, List<Member> members) {
    public NetworkView {
        members = List.copyOf(members);
    }

    /// A container's connection.
    public record Member(String containerId, String containerName, Endpoint endpoint) {}
}
