package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Addresses of internet sockets as the kernel lays them out.
final class IpAddresses {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    /// The longer of the two.
    static final int MOST_BYTES = 28;

    private IpAddresses() {}

    static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }

    /// Writes an address for a socket of a family: an IPv4 one is mapped for IPv6. Returns its length.
    static int write(MemorySegment to, InetSocketAddress address, boolean ipv6) {
        to.asSlice(0, MOST_BYTES).fill((byte) 0);
        var bytes = address.getAddress().getAddress();
        to.set(JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
        to.set(JAVA_BYTE, 2, (byte) (address.getPort() >> 8));
        to.set(JAVA_BYTE, 3, (byte) address.getPort());
        if (!ipv6) {
            if (bytes.length != 4) {
                throw new IllegalArgumentException("an IPv6 address for an IPv4 socket: " + address);
            }
            MemorySegment.copy(bytes, 0, to, JAVA_BYTE, 4, 4);
            return 16;
        }
        if (bytes.length == 4) {
            to.set(JAVA_SHORT, 18, (short) -1);
            MemorySegment.copy(bytes, 0, to, JAVA_BYTE, 20, 4);
        } else {
            MemorySegment.copy(bytes, 0, to, JAVA_BYTE, 8, 16);
            to.set(JAVA_INT, 24, ((Inet6Address) address.getAddress()).getScopeId());
        }
        return MOST_BYTES;
    }

    /// Reads an address; one that is mapped into IPv6 comes back as the IPv4 address it is.
    static InetSocketAddress read(MemorySegment from) {
        var port = (from.get(JAVA_BYTE, 2) & 0xff) << 8 | (from.get(JAVA_BYTE, 3) & 0xff);
        var ipv6 = from.get(JAVA_SHORT, 0) == AF_INET6;
        var bytes = from.asSlice(ipv6 ? 8 : 4, ipv6 ? 16 : 4).toArray(JAVA_BYTE);
        try {
            var scope = ipv6 ? from.get(JAVA_INT, 24) : 0;
            var address = scope == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
        }
    }
}
