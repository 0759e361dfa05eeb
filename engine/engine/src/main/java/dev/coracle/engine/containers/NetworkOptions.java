package dev.coracle.engine.containers;

import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.networks.PortBinding;
import java.util.List;

/// What the container is connected to, and what it is called there.
///
/// @param ports ranges are already taken apart
/// @param publishAll whether every exposed port gets a free port of the host
/// @param expose `80/tcp`
/// @param hostname empty: the beginning of the id (the host's with its network)
/// @param extraHosts `name:address`, where the address may be `host-gateway`
/// @param links `container:alias`: names that only this container knows for another one
public record NetworkOptions(
        Mode mode,
        List<PortBinding> ports,
        boolean publishAll,
        List<String> expose,
        String hostname,
        String domainname,
        List<String> dns,
        List<String> dnsSearch,
        List<String> dnsOptions,
        List<String> extraHosts,
        List<String> links) {
    /// The default bridge, nothing published.
    public static final NetworkOptions DEFAULT = of(new Mode.Bridged(List.of(EndpointSpec.of(Networks.DEFAULT))));

    public NetworkOptions {
        ports = List.copyOf(ports);
        expose = List.copyOf(expose);
        dns = List.copyOf(dns);
        dnsSearch = List.copyOf(dnsSearch);
        dnsOptions = List.copyOf(dnsOptions);
        extraHosts = List.copyOf(extraHosts);
        links = List.copyOf(links);
    }

    public static NetworkOptions of(Mode mode) {
        return new NetworkOptions(
                mode, List.of(), false, List.of(), "", "", List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /// Whose network it is.
    public sealed interface Mode {
        /// Its own, connected to networks by name.
        record Bridged(List<EndpointSpec> networks) implements Mode {
            public Bridged {
                networks = List.copyOf(networks);
            }
        }

        /// The host's.
        record Host() implements Mode {}

        /// Its own, with loopback only.
        record None() implements Mode {}

        /// Another container's, by name or id.
        record OfContainer(String container) implements Mode {}

        /// The namespace at this path.
        record AtPath(String path) implements Mode {}
    }
}
