package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;

/// TCP and UDP sockets as plain descriptors, all of them non-blocking. A socket belongs for ever to the network
/// namespace
/// of the thread that opened it; whoever holds it may use it from any other.
public final class IpSocket {
    /// What a socket carries.
    public enum Type {
        TCP(1),
        UDP(2);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private static final int NON_BLOCKING = 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SOL_IP = 0;
    private static final int SOL_TCP = 6;
    private static final int SOL_IPV6 = 41;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_LINGER = 13;
    private static final int SO_MARK = 36;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int IP_PKTINFO = 8;
    private static final int IP_TRANSPARENT = 19;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IPV6_TRANSPARENT = 75;
    private static final int SHUT_WR = 1;
    private static final int KEEP_ALIVE_SECONDS = 15;

    private IpSocket() {}

    public static Fd open(Type type, boolean ipv6) throws ErrnoException {
        return Fd.adopt(Native.call(
                Sys.SOCKET,
                type + (ipv6 ? " over IPv6" : " over IPv4"),
                ipv6 ? IpAddresses.AF_INET6 : IpAddresses.AF_INET,
                type.number | OpenFlag.CLOSE_ON_EXEC | NON_BLOCKING,
                0));
    }

    /// Opens a TCP socket that takes connections. Those it takes send small messages at once and notice a peer that is
    /// gone.
    ///
    /// @param alsoIpv4 whether the IPv6 wildcard address takes IPv4 too
    public static Fd listen(InetSocketAddress address, boolean alsoIpv4, int backlog) throws ErrnoException {
        var socket = bound(Type.TCP, address, alsoIpv4);
        try {
            set(socket, SOL_TCP, TCP_NODELAY, 1);
            set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
            set(socket, SOL_TCP, TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
            set(socket, SOL_TCP, TCP_KEEPINTVL, KEEP_ALIVE_SECONDS);
            Native.call(Sys.LISTEN, text(address), socket.number(), backlog);
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    /// Opens a UDP socket that tells with each datagram which of its addresses was meant.
    public static Fd bindUdp(InetSocketAddress address, boolean alsoIpv4) throws ErrnoException {
        var socket = bound(Type.UDP, address, alsoIpv4);
        try {
            if (IpAddresses.isIpv6(address)) {
                set(socket, SOL_IPV6, IPV6_RECVPKTINFO, 1);
            } else {
                set(socket, SOL_IP, IP_PKTINFO, 1);
            }
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    private static Fd bound(Type type, InetSocketAddress address, boolean alsoIpv4) throws ErrnoException {
        var ipv6 = IpAddresses.isIpv6(address);
        var socket = open(type, ipv6);
        try {
            if (ipv6) {
                set(socket, SOL_IPV6, IPV6_V6ONLY, alsoIpv4 ? 0 : 1);
            }
            if (type == Type.TCP) {
                set(socket, SOL_SOCKET, SO_REUSEADDR, 1);
            }
            bind(socket, address);
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    public static void bind(Fd socket, InetSocketAddress address) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(IpAddresses.MOST_BYTES, 8);
            var length = IpAddresses.write(memory, address, IpAddresses.isIpv6(address));
            Native.call(Sys.BIND, text(address), socket.number(), memory.address(), length);
        }
    }

    /// Begins to connect, or for UDP fixes the peer. False when the answer is still to come: the socket becomes
    /// writable,
    /// and [#error] tells.
    public static boolean connect(Fd socket, InetSocketAddress address) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(IpAddresses.MOST_BYTES, 8);
            var length = IpAddresses.write(memory, address, IpAddresses.isIpv6(address));
            var result = Native.raw(Sys.CONNECT, socket.number(), memory.address(), length);
            if (result == -Errno.EINPROGRESS.number()) {
                return false;
            }
            if (result < 0) {
                throw new ErrnoException((int) -result, "connect", text(address));
            }
            return true;
        }
    }

    /// The error that is waiting at a socket, such as a refused connection; 0 for none.
    public static int error(Fd socket) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(8, 4);
            value.set(JAVA_INT, 4, 4);
            Native.call(
                    Sys.GETSOCKOPT,
                    socket,
                    socket.number(),
                    SOL_SOCKET,
                    SO_ERROR,
                    value.address(),
                    value.address() + 4);
            return value.get(JAVA_INT, 0);
        }
    }

    public static InetSocketAddress localAddress(Fd socket) throws ErrnoException {
        return address(Sys.GETSOCKNAME, socket);
    }

    public static InetSocketAddress peerAddress(Fd socket) throws ErrnoException {
        return address(Sys.GETPEERNAME, socket);
    }

    private static InetSocketAddress address(Sys sys, Fd socket) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(IpAddresses.MOST_BYTES + 4L, 8);
            memory.set(JAVA_INT, IpAddresses.MOST_BYTES, IpAddresses.MOST_BYTES);
            Native.call(sys, socket, socket.number(), memory.address(), memory.address() + IpAddresses.MOST_BYTES);
            return IpAddresses.read(memory);
        }
    }

    /// Small messages leave at once.
    public static void setNoDelay(Fd socket) throws ErrnoException {
        set(socket, SOL_TCP, TCP_NODELAY, 1);
    }

    /// Closing throws away what is not yet sent, and the peer learns that it was cut off.
    public static void resetOnClose(Fd socket) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var linger = arena.allocate(8, 4);
            linger.set(JAVA_INT, 0, 1);
            Native.call(Sys.SETSOCKOPT, socket, socket.number(), SOL_SOCKET, SO_LINGER, linger.address(), 8);
        }
    }

    /// Lets the socket have an address that is not of this machine; asks for CAP_NET_ADMIN over the network namespace.
    public static void setTransparent(Fd socket, boolean ipv6) throws ErrnoException {
        if (ipv6) {
            set(socket, SOL_IPV6, IPV6_TRANSPARENT, 1);
        } else {
            set(socket, SOL_IP, IP_TRANSPARENT, 1);
        }
    }

    public static void setReuseAddress(Fd socket) throws ErrnoException {
        set(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    }

    /// What routing rules know the socket's packets by; asks for CAP_NET_ADMIN.
    public static void setMark(Fd socket, int mark) throws ErrnoException {
        set(socket, SOL_SOCKET, SO_MARK, mark);
    }

    public static void shutdownWrite(Fd socket) throws ErrnoException {
        Native.call(Sys.SHUTDOWN, socket, socket.number(), SHUT_WR);
    }

    private static void set(Fd socket, int level, int option, int value) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(4, 4);
            memory.set(JAVA_INT, 0, value);
            Native.call(Sys.SETSOCKOPT, "option " + option, socket.number(), level, option, memory.address(), 4);
        }
    }

    private static String text(InetSocketAddress address) {
        var host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
