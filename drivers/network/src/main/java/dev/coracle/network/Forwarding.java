package dev.coracle.network;

import dev.coracle.core.networks.PortBinding;
import java.io.IOException;
import java.net.InetAddress;

/// The way from a port of the host to a sandbox.
interface Forwarding extends AutoCloseable {
    /// A port that is being forwarded, until it is closed.
    interface Port extends AutoCloseable {
        /// As it is in force, with the port that was chosen.
        PortBinding binding();

        @Override
        void close() throws IOException;

        /// At the end of this process: frees what is its own; what others forward for it goes on.
        default void letGo() throws IOException {
            close();
        }
    }

    /// Listens on one address and leads to the sandbox's.
    ///
    /// @param binding with a literal address; host port 0: any free one
    /// @throws dev.coracle.base.EngineException when it cannot, for the reasons that
    ///     [dev.coracle.core.networks.Networks#publish] names
    Port open(PortBinding binding, InetAddress target) throws IOException, InterruptedException;

    /// Can this host listen on addresses of the family at all?
    boolean hasFamily(boolean ipv6);

    @Override
    void close();
}
