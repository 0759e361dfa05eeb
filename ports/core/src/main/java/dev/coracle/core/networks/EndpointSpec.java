package dev.coracle.core.networks;

import java.util.List;

/// How a sandbox is to be connected to a network.
///
/// @param address an IPv4 address of the network, or empty
/// @param address6 an IPv6 address of the network, or empty
/// @param mac empty: made from the address
/// @param aliases more names that DNS answers on this network
public record EndpointSpec(String network, String address, String address6, String mac, List<String> aliases) {
    public EndpointSpec {
        aliases = List.copyOf(aliases);
    }

    public static EndpointSpec of(String network) {
        return new EndpointSpec(network, "", "", "", List.of());
    }
}
