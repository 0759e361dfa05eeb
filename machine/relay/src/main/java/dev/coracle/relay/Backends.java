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
    /// Marks packets whose answers must not leave the namespace.
    static final int MARK = 0x636f;

    private Backends() {}

    /// @param mover which has just taken a connection or a datagram of the client
    static Fd open(Target target, IpSocket.Type type, Mover mover) throws ErrnoException {
        if (target.source() == Target.Source.CLIENT) {
            var client = mover.peer();
            if (!client.getAddress().isLoopbackAddress() && isIpv6(client) == isIpv6(target.address())) {
                return transparent(target, type, client);
            }
        }
        return plain(target, type);
    }

    private static Fd plain(Target target, IpSocket.Type type) throws ErrnoException {
        var socket = IpSocket.open(type, isIpv6(target.address()));
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

    private static Fd transparent(Target target, IpSocket.Type type, InetSocketAddress client) throws ErrnoException {
        var socket = plain(target, type);
        try {
            IpSocket.setTransparent(socket, isIpv6(client));
            IpSocket.setMark(socket, MARK);
            IpSocket.setReuseAddress(socket);
            IpSocket.bind(socket, client);
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            if (failure.is(Errno.EADDRINUSE)) {
                // the client's last connection from this port still ends on our side
                return plain(target, type);
            }
            throw failure;
        }
    }

    static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }
}
