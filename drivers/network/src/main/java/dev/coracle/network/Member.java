package dev.coracle.network;

import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.networks.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A sandbox as the ledger knows it.
///
/// @param connections in the order they were made; the first to a network with a way out is the
///     main one
record Member(String id, SandboxSpec spec, List<Connection> connections, List<PortBinding> ports) {
    /// What a resolver of the C library reads; more are ignored there.
    private static final int MOST_RESOLVERS = 3;

    /// An endpoint and how it came to be.
    ///
    /// @param inward whether the network has no way out
    /// @param resolvers the name servers that the network has for the sandbox
    record Connection(Endpoint endpoint, Origin origin, boolean inward, List<String> resolvers) {
        Connection {
            resolvers = List.copyOf(resolvers);
        }

        /// The link that is its other end, when that is ours.
        Optional<String> port() {
            return origin instanceof Origin.Port(var link) ? Optional.of(link) : Optional.empty();
        }
    }

    /// Who made a connection.
    sealed interface Origin {
        /// This driver: a link, port of the network's bridge.
        record Port(String link) implements Origin {}

        /// Those who described the network, by this plan of theirs.
        ///
        /// @param made whether they were at the end
        record Plan(String document, boolean made) implements Origin {}
    }

    Member {
        connections = List.copyOf(connections);
        ports = List.copyOf(ports);
    }

    Member(String id, SandboxSpec spec) {
        this(id, spec, List.of(), List.of());
    }

    Member with(Connection connection) {
        return new Member(
                id,
                spec,
                Stream.concat(connections.stream(), Stream.of(connection)).toList(),
                ports);
    }

    Member without(Connection connection) {
        return new Member(
                id,
                spec,
                connections.stream().filter(one -> !one.equals(connection)).toList(),
                ports);
    }

    Member with(Connection other, Connection instead) {
        return new Member(
                id,
                spec,
                connections.stream()
                        .map(one -> one.equals(other) ? instead : one)
                        .toList(),
                ports);
    }

    Member withPorts(List<PortBinding> bindings) {
        return new Member(id, spec, connections, bindings);
    }

    Member named(String containerName) {
        var renamed = new SandboxSpec(containerName, spec.hostname(), spec.dnsServers(), spec.sysctls());
        return new Member(id, renamed, connections, ports);
    }

    Optional<Connection> to(String networkId) {
        return connections.stream()
                .filter(connection -> connection.endpoint().networkId().equals(networkId))
                .findFirst();
    }

    /// The connection that has the default route and that published ports lead to.
    Optional<Connection> main() {
        return connections.stream().filter(connection -> !connection.inward()).findFirst();
    }

    /// The lowest interface name that is free.
    String freeDevice() {
        for (var number = 0; ; number++) {
            var name = "eth" + number;
            if (connections.stream()
                    .noneMatch(connection -> connection.endpoint().device().equals(name))) {
                return name;
            }
        }
    }

    Sandbox seen(Path namespace) {
        var resolvers = Stream.concat(main().stream(), connections.stream())
                .flatMap(connection -> connection.resolvers().stream())
                .distinct()
                .limit(MOST_RESOLVERS)
                .toList();
        var endpoints = connections.stream().map(Connection::endpoint).toList();
        return new Sandbox(id, spec, namespace, endpoints, ports, resolvers);
    }
}
