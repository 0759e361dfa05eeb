package dev.coracle.network;

import dev.coracle.base.EngineException;
import dev.coracle.core.networks.DescribedNetworks;
import dev.coracle.core.networks.DescribedNetworks.Attachment;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.network.Member.Connection;
import dev.coracle.network.Member.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Connections to networks that others describe, and make. Written down before they begin, so that
/// what a killed daemon left half made is ended by the next.
final class DescribedConnections implements Connections {
    private static final System.Logger LOGGER = System.getLogger(DescribedConnections.class.getName());

    private final Ledger ledger;
    private final NamespaceFiles namespaces;
    private final Bridges bridges;
    private final DescribedNetworks described;

    DescribedConnections(Ledger ledger, NamespaceFiles namespaces, Bridges bridges, DescribedNetworks described) {
        this.ledger = ledger;
        this.namespaces = namespaces;
        this.bridges = bridges;
        this.described = described;
    }

    @Override
    public Connection connect(String sandbox, Network network, EndpointSpec spec)
            throws IOException, InterruptedException {
        bridges.pass();
        var plan = described.plan(network.name());
        var expected = ledger.expect(sandbox, network, spec, plan);
        try {
            var attachment = new Attachment(
                    sandbox,
                    ledger.member(sandbox).spec().containerName(),
                    Optional.of(namespaces.path(sandbox)),
                    expected.endpoint().device(),
                    spec);
            return ledger.made(sandbox, expected, described.connect(attachment, plan));
        } catch (RuntimeException failure) {
            ledger.disconnect(sandbox, expected);
            throw failure;
        }
    }

    @Override
    public void bringBack(Member member, Connection connection) throws IOException, InterruptedException {
        bridges.pass();
        if (connection.origin() instanceof Origin.Plan plan && !plan.made()) {
            leave(member, connection);
            ledger.disconnect(member.id(), connection);
        }
    }

    @Override
    public void disconnect(Member member, Connection connection) throws IOException {
        end(member, connection);
        ledger.disconnect(member.id(), connection);
    }

    private void end(Member member, Connection connection) throws IOException {
        if (connection.origin() instanceof Origin.Plan plan) {
            var path = namespaces.path(member.id());
            var held = namespaces.held().contains(path) ? Optional.of(path) : Optional.<Path>empty();
            var endpoint = connection.endpoint();
            var spec = new EndpointSpec(endpoint.network(), "", "", endpoint.mac(), endpoint.aliases());
            described.disconnect(
                    new Attachment(member.id(), member.spec().containerName(), held, endpoint.device(), spec),
                    plan.document());
        }
    }

    /// The sandbox goes also when those who made the connection cannot end it any more: a program that
    /// was uninstalled must not keep a container.
    @Override
    public void leave(Member member, Connection connection) {
        try {
            end(member, connection);
        } catch (IOException | EngineException failure) {
            LOGGER.log(
                    System.Logger.Level.ERROR,
                    "something of the connection of " + member.id() + " to network "
                            + connection.endpoint().network() + " may be left: " + failure.getMessage(),
                    failure);
        }
    }
}
