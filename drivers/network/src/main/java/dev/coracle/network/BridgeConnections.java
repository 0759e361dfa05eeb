package dev.coracle.network;

import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Links;
import dev.coracle.network.Member.Connection;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Connections to bridges: a pair of links each, made by netlink.
final class BridgeConnections implements Connections {
    private static final int PORT_BYTES = 6;

    private final Ledger ledger;
    private final Underlay underlay;
    private final NamespaceFiles namespaces;
    private final Bridges bridges;
    private final Sweeper sweeper;
    private final RandomGenerator random;

    BridgeConnections(
            Ledger ledger,
            Underlay underlay,
            NamespaceFiles namespaces,
            Bridges bridges,
            Sweeper sweeper,
            RandomGenerator random) {
        this.ledger = ledger;
        this.underlay = underlay;
        this.namespaces = namespaces;
        this.bridges = bridges;
        this.sweeper = sweeper;
        this.random = random;
    }

    @Override
    public Connection connect(String sandbox, Network network, EndpointSpec spec)
            throws IOException, InterruptedException {
        var bridge = bridges.of(network);
        if (!spec.address().isEmpty() || !spec.address6().isEmpty()) {
            sweeper.sweepNow();
        }
        var bytes = new byte[PORT_BYTES];
        random.nextBytes(bytes);
        var port = Bridge.PORT_PREFIX + HexFormat.of().formatHex(bytes);
        var connection = ledger.connect(sandbox, network, spec, port);
        try {
            attach(bridge, ledger.member(sandbox), connection, port);
            return connection;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            undo(sandbox, connection, failure);
            throw failure;
        }
    }

    private void attach(Bridge bridge, Member member, Connection connection, String port)
            throws IOException, InterruptedException {
        var endpoint = connection.endpoint();
        try (var namespace = namespaces.hold(member.id())) {
            bridge.attach(endpoint, port, namespace);
        }
        var main = member.main().equals(Optional.of(connection));
        namespaces.inside(member.id(), () -> {
            try (var links = Links.open()) {
                links.setUp(endpoint.device());
                ensureAddress(links, endpoint, endpoint.address());
                ensureAddress(links, endpoint, endpoint.address6());
                if (main) {
                    Addresses.ensureDefaultRoutes(links, endpoint);
                }
            }
            return true;
        });
    }

    private static void ensureAddress(Links links, Endpoint endpoint, String address) throws ErrnoException {
        if (!address.isEmpty()) {
            var prefix = Integer.parseInt(address.substring(address.indexOf('/') + 1));
            links.ensureAddress(endpoint.device(), Addresses.bare(address), prefix);
        }
    }

    private void undo(String sandbox, Connection connection, Exception failure) {
        try {
            unlink(connection);
            ledger.disconnect(sandbox, connection);
        } catch (IOException | RuntimeException second) {
            failure.addSuppressed(second);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(stop);
        }
    }

    private void unlink(Connection connection) throws IOException, InterruptedException {
        try (var links = underlay.links()) {
            links.remove(connection.port().orElseThrow());
        }
    }

    @Override
    public void bringBack(Member member, Connection connection) throws IOException, InterruptedException {
        var bridge = bridges.of(ledger.network(connection.endpoint().networkId()));
        var port = connection.port().orElseThrow();
        boolean attached;
        try (var links = underlay.links()) {
            attached = links.find(port).isPresent();
        }
        if (!attached) {
            attach(bridge, member, connection, port);
        }
    }

    @Override
    public void disconnect(Member member, Connection connection) throws IOException, InterruptedException {
        unlink(connection);
        ledger.disconnect(member.id(), connection);
    }

    /// The kernel takes the pair away with the namespace; until it has, nobody gets the addresses.
    @Override
    public void leave(Member member, Connection connection) {
        sweeper.leave(List.of(connection.port().orElseThrow()));
    }
}
