package dev.coracle.engine.containers;

import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.PortBinding;
import java.util.List;

/// How a container is connected.
///
/// @param mode `bridge`, `host`, `none`, `container:ID`, the first network's name, `ns:PATH`
/// @param networks names of all networks it is to be connected to
/// @param endpoints connections that exist now
/// @param ports bindings in force; those asked for are in the options
/// @param namespace path of the network namespace, or empty
public record NetworkView(
        String mode, List<String> networks, List<Endpoint> endpoints, List<PortBinding> ports, String namespace) {
    public NetworkView {
        networks = List.copyOf(networks);
        endpoints = List.copyOf(endpoints);
        ports = List.copyOf(ports);
    }
}
