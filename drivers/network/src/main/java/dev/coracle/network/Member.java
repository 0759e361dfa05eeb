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

    /// An endpoint and the link that is its other end, a port of the network's bridge.
    ///
    /// @param inward whether the network has no way out
    record Connection(Endpoint endpoint, String port, boolean inward) {}

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
        var gateways = Stream.concat(main().stream(), connections.stream())
                .map(connection -> connection.endpoint().gateway())
                .filter(gateway -> !gateway.isEmpty())
                .distinct()
                .limit(MOST_RESOLVERS)
                .toList();
        var endpoints = connections.stream().map(Connection::endpoint).toList();
        return new Sandbox(id, spec, namespace, endpoints, ports, gateways);
    }
}
