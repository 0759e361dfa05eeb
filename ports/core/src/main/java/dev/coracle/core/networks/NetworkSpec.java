package dev.coracle.core.networks;

import java.util.List;
import java.util.Map;

/// What a network is to be.
///
/// @param driver `bridge`; `cni` for what is described by [DescribedNetworks]
/// @param subnets none: one is chosen
/// @param options the driver's, under Docker's names (`com.docker.network.driver.mtu`,
///     `com.docker.network.bridge.enable_icc`, `com.docker.network.bridge.enable_ip_masquerade`) or
///     nerdctl's short ones (`mtu`, `icc`, `ip-masq`)
/// @param internal whether it has no way out
public record NetworkSpec(
        String name,
        String driver,
        List<Subnet> subnets,
        boolean ipv6,
        boolean internal,
        Map<String, String> options,
        Map<String, String> labels) {
    public NetworkSpec {
        subnets = List.copyOf(subnets);
        options = Map.copyOf(options);
        labels = Map.copyOf(labels);
    }

    /// A range of addresses in CIDR notation.
    ///
    /// @param gateway empty: the first address
    /// @param range the part that addresses are taken from; empty: all
    public record Subnet(String cidr, String gateway, String range) {}
}
