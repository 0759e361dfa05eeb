package dev.coracle.network;

import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.network.Member.Connection;
import java.io.IOException;

/// How a sandbox and a network of one kind come together and part. The caller holds the sandbox.
interface Connections {
    /// Connects, or leaves everything as it was.
    Connection connect(String sandbox, Network network, EndpointSpec spec) throws IOException, InterruptedException;

    /// After a start of the daemon: makes the connection work that an earlier one made, or half made.
    void bringBack(Member member, Connection connection) throws IOException, InterruptedException;

    /// Takes one connection away; the sandbox stays.
    void disconnect(Member member, Connection connection) throws IOException, InterruptedException;

    /// The sandbox is about to go: what does not go with its namespace ends now.
    void leave(Member member, Connection connection);
}
