package dev.coracle.relay;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import dev.coracle.linux.Mover;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Sockets that lead to a target, made in the namespace of the calling thread.
final class Backends {
    private Backends() {}

    /// A socket on its way to an address of the target.
    ///
    /// @param isConnected whether it has arrived
    record Backend(Fd socket, boolean isConnected) {}

    /// @param mover which has just taken a connection of the client
    static Backend connectTcp(Target target, Mover mover) throws ErrnoException {
        try {
            return connect(target, target.address(), IpSocket.Type.TCP, mover);
        } catch (ErrnoException refused) {
            if (target.otherwise().isEmpty()) {
                throw refused;
            }
            return connect(target, target.otherwise().get(), IpSocket.Type.TCP, mover);
        }
    }

    /// A way for the datagrams of one client.
    ///
    /// @param isConnected whether the socket takes answers of the target's address only; otherwise of its port
    record Datagrams(Fd socket, boolean isConnected) {}

    /// @param mover which has just taken a datagram of the client
    static Datagrams connectUdp(Target target, Mover mover) throws ErrnoException {
        var client = mover.peer();
        if (isKept(target, target.address(), client)
                && target.address().getAddress().isLoopbackAddress()) {
            // a server on all addresses answers from the one that leads to the client, which is not the target's
            var socket = spoofed(client);
            if (socket.isPresent()) {
                return new Datagrams(socket.get(), false);
            }
            return new Datagrams(connected(plain(IpSocket.Type.UDP, isIpv6(client)), target), true);
        }
        return new Datagrams(
                connect(target, target.address(), IpSocket.Type.UDP, mover).socket(), true);
    }

    private static Fd connected(Fd socket, Target target) throws ErrnoException {
        try {
            var _ = IpSocket.connect(socket, target.address());
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    /// Bound to the client's address, which only one socket may be that is not connected: a client that speaks to two
    /// ports from one of its own keeps its address at the first.
    private static Optional<Fd> spoofed(InetSocketAddress client) throws ErrnoException {
        var socket = plain(IpSocket.Type.UDP, isIpv6(client));
        try {
            IpSocket.setTransparent(socket, isIpv6(client));
            IpSocket.setMark(socket, Relay.MARK);
            IpSocket.bind(socket, client);
            return Optional.of(socket);
        } catch (ErrnoException failure) {
            socket.close();
            if (failure.is(Errno.EADDRINUSE)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static boolean isKept(Target target, InetSocketAddress address, InetSocketAddress client) {
        return target.source() == Target.Source.CLIENT
                && !client.getAddress().isLoopbackAddress()
                && isIpv6(client) == isIpv6(address);
    }

    private static Backend connect(Target target, InetSocketAddress address, IpSocket.Type type, Mover mover)
            throws ErrnoException {
        var socket = open(target, address, type, mover);
        try {
            return new Backend(socket, IpSocket.connect(socket, address));
        } catch (ErrnoException refused) {
            socket.close();
            throw refused;
        }
    }

    private static Fd open(Target target, InetSocketAddress address, IpSocket.Type type, Mover mover)
            throws ErrnoException {
        if (target.source() == Target.Source.CLIENT) {
            var client = mover.peer();
            if (isKept(target, address, client)) {
                return transparent(type, client);
            }
        }
        return plain(type, isIpv6(address));
    }

    private static Fd plain(IpSocket.Type type, boolean ipv6) throws ErrnoException {
        var socket = IpSocket.open(type, ipv6);
        try {
            if (type == IpSocket.Type.TCP) {
                IpSocket.setNoDelay(socket);
            }
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    private static Fd transparent(IpSocket.Type type, InetSocketAddress client) throws ErrnoException {
        var socket = plain(type, isIpv6(client));
        try {
            IpSocket.setTransparent(socket, isIpv6(client));
            IpSocket.setMark(socket, Relay.MARK);
            IpSocket.setReuseAddress(socket);
            IpSocket.bind(socket, client);
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            if (failure.is(Errno.EADDRINUSE)) {
                // the client's last connection from this port still ends on our side
                return plain(type, isIpv6(client));
            }
            throw failure;
        }
    }

    static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }
}
