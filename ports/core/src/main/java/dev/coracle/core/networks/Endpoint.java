package dev.coracle.core.networks;

import java.util.List;
import java.util.stream.Stream;

/// A connection of a sandbox to a network.
///
/// @param device the interface's name inside the sandbox (`eth0`)
/// @param address with the prefix length (`10.4.0.2/24`)
/// @param address6 with the prefix length, or empty
public record Endpoint(
        String network,
        String networkId,
        String device,
        String mac,
        String address,
        String gateway,
        String address6,
        String gateway6,
        List<String> aliases) {
    public Endpoint {
        aliases = List.copyOf(aliases);
    }

    /// Those that it has, without the prefix length.
    public List<String> addresses() {
        return Stream.of(address, address6)
                .filter(text -> !text.isEmpty())
                .map(text -> text.substring(0, (text + "/").indexOf('/')))
                .toList();
    }
}
