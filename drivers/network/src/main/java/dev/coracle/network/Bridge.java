package dev.coracle.network;

import dev.coracle.core.networks.BridgeOptions;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.Network;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Links;
import dev.coracle.linux.Links.Link;
import dev.coracle.linux.Links.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;

/// A network in force: its bridge, with the gateway's addresses and a name server at the first.
final class Bridge implements AutoCloseable {
    /// Of the names of all bridges; the packet filter knows them by it.
    static final String PREFIX = "cor-";

    /// Of the names of the bridges' ports.
    static final String PORT_PREFIX = "cv";

    private final Network network;
    private final Underlay underlay;
    private final Link link;
    private final DnsServer server;

    /// What name servers are made of.
    record Dns(Supplier<DnsNames> names, Supplier<List<InetAddress>> host, Upstreams upstreams, Resolver resolver) {}

    private Bridge(Network network, Underlay underlay, Link link, DnsServer server) {
        this.network = network;
        this.underlay = underlay;
        this.link = link;
        this.server = server;
    }

    /// Brings the network up, also when a daemon before this one did.
    static Bridge up(Network network, Underlay underlay, Dns dns) throws IOException, InterruptedException {
        var gateways = network.spec().subnets().stream()
                .map(subnet -> Cidr.address(subnet.gateway()))
                .toList();
        Link link;
        try (var links = underlay.links()) {
            var mtu = BridgeOptions.of(network.spec()).mtu();
            link = ensure(links, network, gateways.getFirst(), mtu == 0 ? underlay.mtu() : mtu);
            for (var subnet : network.spec().subnets()) {
                links.ensureAddress(
                        network.device(),
                        Cidr.address(subnet.gateway()),
                        Cidr.parse(subnet.cidr()).prefix());
            }
        }
        // one server is enough: addresses of IPv6 are asked for by IPv4 as well, which every network has
        var sockets = underlay.inside(() -> DnsServer.Sockets.bind(gateways.getFirst(), DnsServer.PORT));
        var answers = new DnsAnswers(network.id(), gateways, dns.names(), dns.host());
        return new Bridge(network, underlay, link, DnsServer.serve(sockets, answers, dns.upstreams(), dns.resolver()));
    }

    private static Link ensure(Links links, Network network, InetAddress gateway, int mtu) throws ErrnoException {
        var found = links.find(network.device());
        if (found.isEmpty()) {
            return links.addBridge(network.device(), Addresses.mac(gateway), mtu);
        }
        links.setMtu(network.device(), mtu);
        links.setUp(network.device());
        return links.get(network.device());
    }

    /// Makes the pair of links of a connection.
    ///
    /// @param port the name of the one that is the bridge's
    void attach(Endpoint endpoint, String port, Fd namespace) throws IOException, InterruptedException {
        try (var links = underlay.links()) {
            links.addVeth(port, link, link.mtu(), new Peer(endpoint.device(), endpoint.mac(), namespace));
            if (!BridgeOptions.of(network.spec()).icc()) {
                links.setIsolated(port, true);
            }
        }
    }

    /// Takes the bridge away; its ports must be gone.
    void remove() throws IOException, InterruptedException {
        close();
        try (var links = underlay.links()) {
            links.remove(network.device());
        }
    }

    /// Stops answering; the bridge stays for the containers.
    @Override
    public void close() {
        server.close();
    }
}
