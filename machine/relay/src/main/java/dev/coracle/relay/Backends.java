package dev.coracle.relay;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import dev.coracle.linux.Mover;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

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

    /// @param mover which has just taken a datagram of the client
    static Fd connectUdp(Target target, Mover mover) throws ErrnoException {
        return connect(target, target.address(), IpSocket.Type.UDP, mover).socket();
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
            if (!client.getAddress().isLoopbackAddress() && isIpv6(client) == isIpv6(address)) {
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
