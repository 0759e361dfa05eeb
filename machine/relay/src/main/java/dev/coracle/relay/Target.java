package dev.coracle.relay;

import java.net.InetSocketAddress;
import java.util.Optional;

/// Where a forward leads, in the namespace of the relay; of either address family, whatever the client's.
///
/// @param otherwise where a TCP connection goes that `address` refuses
/// @param source whose address the target sees
public record Target(InetSocketAddress address, Optional<InetSocketAddress> otherwise, Source source) {
    /// Whose address a target sees as the peer's.
    public enum Source {
        /// That of the relay's side.
        RELAY,
        /// The client's, where the client is not on a loopback address and has the target's address family. The
        /// namespace
        /// must lead answers back, and the relay must have CAP_NET_ADMIN over it.
        CLIENT
    }

    public Target {
        check(address);
        otherwise.ifPresent(Target::check);
    }

    private static void check(InetSocketAddress address) {
        if (address.isUnresolved() || address.getPort() == 0) {
            throw new IllegalArgumentException("not the address of a target: " + address);
        }
    }

    /// A target that sees the relay as its peer.
    public static Target of(InetSocketAddress address) {
        return new Target(address, Optional.empty(), Source.RELAY);
    }
}
