package dev.coracle.core.networks;

import java.util.List;
import java.util.Map;

/// How a sandbox looks from inside.
///
/// @param hostname answered by DNS on every network it is connected to, like the container's name
/// @param dnsServers upstream servers instead of the host's; empty: the host's
/// @param sysctls keys below `net.` that are set before the container starts
public record SandboxSpec(String containerName, String hostname, List<String> dnsServers, Map<String, String> sysctls) {
    public SandboxSpec {
        dnsServers = List.copyOf(dnsServers);
        sysctls = Map.copyOf(sysctls);
    }
}
