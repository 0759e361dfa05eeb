package dev.coracle.linux;

import java.lang.foreign.Arena;

/// A socket for whole Ethernet frames of a device, past the network stack: for a device that has no address yet.
public final class PacketSocket {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int ETH_P_IP = 0x0800;
    private static final int ADDRESS_BYTES = 20;

    private PacketSocket() {}

    /// Opens it in the calling thread's network namespace, which needs CAP_NET_RAW over it. It gets frames that carry
    /// IPv4; each read gives one and each write sends one.
    public static Fd open(String link) throws ErrnoException {
        int index;
        try (var netlink = RouteNetlink.open()) {
            index = netlink.index(link);
        }
        var protocol = Short.reverseBytes((short) ETH_P_IP);
        // no protocol until it is bound: it would get frames of other devices
        var socket = Fd.adopt(Native.call(Sys.SOCKET, "packet", AF_PACKET, SOCK_RAW | OpenFlag.CLOSE_ON_EXEC, 0));
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(ADDRESS_BYTES, 8);
            NativeData.setShort(address, 0, (short) AF_PACKET);
            NativeData.setShort(address, 2, protocol);
            NativeData.setInt(address, 4, index);
            Native.call(Sys.BIND, "packet socket to " + link, socket.number(), address.address(), ADDRESS_BYTES);
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }
}
