package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Links, addresses and routes of the network namespace the opening thread is in, without any program.
public final class RouteNetlink implements AutoCloseable {
    private static final int LARGEST = 1 << 15;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_NEWRULE = 32;
    private static final int NLMSG_ERROR = 2;
    private static final int REQUEST_ACK = 0x5;
    private static final int CREATE_EXCLUSIVE = 0x600;
    private static final int MAIN_TABLE = 254;
    private static final int IFF_UP = 1;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final Fd socket;
    private int sequence;

    private RouteNetlink(Fd socket) {
        this.socket = socket;
    }

    public static RouteNetlink open() throws ErrnoException {
        return new RouteNetlink(
                Fd.adopt(Native.call(Sys.SOCKET, "netlink", AF_NETLINK, SOCK_RAW | OpenFlag.CLOSE_ON_EXEC, 0)));
    }

    /// The kernel's number of a link; ENODEV when there is none of that name.
    public int index(String link) throws ErrnoException {
        var message = message(RTM_GETLINK, REQUEST_ACK);
        message.putInt(0).putInt(0).putInt(0).putInt(0);
        attribute(message, IFLA_IFNAME, terminated(link));
        return ByteBuffer.wrap(exchange(message, "get link " + link))
                .order(ByteOrder.nativeOrder())
                .getInt(20);
    }

    public void setUp(String link) throws ErrnoException {
        var message = changeLink(index(link), IFF_UP, IFF_UP);
        exchange(message, "set link " + link + " up");
    }

    public void setMtu(String link, int mtu) throws ErrnoException {
        var message = changeLink(index(link), 0, 0);
        attribute(message, IFLA_MTU, number(mtu));
        exchange(message, "set mtu " + mtu + " of link " + link);
    }

    public void setHardwareAddress(String link, byte[] address) throws ErrnoException {
        var message = changeLink(index(link), 0, 0);
        attribute(message, IFLA_ADDRESS, address);
        exchange(message, "set the hardware address of link " + link);
    }

    /// ENODEV when there is no such link, ENODATA when it has none.
    public byte[] hardwareAddress(String link) throws ErrnoException {
        var message = message(RTM_GETLINK, REQUEST_ACK);
        message.putInt(0).putInt(0).putInt(0).putInt(0);
        attribute(message, IFLA_IFNAME, terminated(link));
        var what = "get link " + link;
        var answer = ByteBuffer.wrap(exchange(message, what)).order(ByteOrder.nativeOrder());
        // two headers, then attributes: length, type, value
        for (var at = 32; at + 4 <= answer.limit(); at += (Math.max(4, answer.getShort(at)) + 3) & ~3) {
            if (answer.getShort(at + 2) == IFLA_ADDRESS) {
                return Arrays.copyOfRange(answer.array(), at + 4, at + answer.getShort(at));
            }
        }
        throw new ErrnoException(Errno.ENODATA.number(), "netlink", what);
    }

    public void delete(String link) throws ErrnoException {
        var message = message(RTM_DELLINK, REQUEST_ACK);
        message.putInt(0).putInt(index(link)).putInt(0).putInt(0);
        exchange(message, "delete link " + link);
    }

    private static ByteBuffer changeLink(int index, int flags, int change) {
        var message = message(RTM_NEWLINK, REQUEST_ACK);
        return message.putInt(0).putInt(index).putInt(flags).putInt(change);
    }

    public void addAddress(String link, InetAddress address, int prefix) throws ErrnoException {
        address(RTM_NEWADDR, REQUEST_ACK | CREATE_EXCLUSIVE, "add", link, address, prefix);
    }

    /// EADDRNOTAVAIL when the link does not have it.
    public void removeAddress(String link, InetAddress address, int prefix) throws ErrnoException {
        address(RTM_DELADDR, REQUEST_ACK, "remove", link, address, prefix);
    }

    private void address(int type, int flags, String verb, String link, InetAddress address, int prefix)
            throws ErrnoException {
        var bytes = address.getAddress();
        var message = message(type, flags);
        // duplicate address detection would hold an IPv6 address back for a second (IFA_F_NODAD)
        message.put(family(bytes)).put((byte) prefix).put((byte) (bytes.length == 16 ? 2 : 0));
        message.put((byte) 0).putInt(index(link));
        attribute(message, 1, bytes);
        attribute(message, 2, bytes);
        exchange(message, verb + " address " + address.getHostAddress() + "/" + prefix + " to link " + link);
    }

    public void addDefaultRoute(String link, InetAddress gateway) throws ErrnoException {
        var bytes = gateway.getAddress();
        var message = message(RTM_NEWROUTE, REQUEST_ACK | CREATE_EXCLUSIVE);
        // family, no destination or source, no TOS; main table, made at boot, universe, unicast
        message.put(family(bytes)).put((byte) 0).put((byte) 0).put((byte) 0);
        message.put((byte) 254).put((byte) 3).put((byte) 0).put((byte) 1).putInt(0);
        attribute(message, 5, bytes);
        attribute(message, 4, number(index(link)));
        exchange(message, "add default route by " + gateway.getHostAddress() + " on link " + link);
    }

    /// Packets that carry a mark are routed by a table of their own.
    ///
    /// @param behindMain whether the main table comes first, but for its default route
    public void addRule(boolean ipv6, int mark, int table, int priority, boolean behindMain) throws ErrnoException {
        if (behindMain) {
            rule(ipv6, mark, MAIN_TABLE, priority, true);
        }
        rule(ipv6, mark, table, priority + 1, false);
    }

    /// Packets from an address of a network are routed by a table of their own; the main one comes first, but for its
    /// default route.
    public void addRuleFrom(InetAddress network, int prefix, int table, int priority) throws ErrnoException {
        var main = ruleFrom(network, prefix, MAIN_TABLE, priority);
        attribute(main, 14, number(0));
        exchange(main, "add rule from " + network.getHostAddress() + "/" + prefix);
        exchange(
                ruleFrom(network, prefix, table, priority + 1),
                "add rule from " + network.getHostAddress() + "/" + prefix);
    }

    private static ByteBuffer ruleFrom(InetAddress network, int prefix, int table, int priority) {
        var bytes = network.getAddress();
        var message = message(RTM_NEWRULE, REQUEST_ACK | CREATE_EXCLUSIVE);
        // family, no destination, the prefix of the source, no TOS, the table below, look up
        message.put(family(bytes)).put((byte) 0).put((byte) prefix).put((byte) 0);
        message.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 1).putInt(0);
        attribute(message, 2, bytes);
        attribute(message, 6, number(priority));
        attribute(message, 15, number(table));
        return message;
    }

    private void rule(boolean ipv6, int mark, int table, int priority, boolean withoutDefault) throws ErrnoException {
        var message = message(RTM_NEWRULE, REQUEST_ACK | CREATE_EXCLUSIVE);
        // family, no prefixes or TOS, the table below, look up
        message.put((byte) (ipv6 ? AF_INET6 : AF_INET))
                .put((byte) 0)
                .put((byte) 0)
                .put((byte) 0);
        message.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 1).putInt(0);
        attribute(message, 6, number(priority));
        attribute(message, 10, number(mark));
        attribute(message, 15, number(table));
        if (withoutDefault) {
            attribute(message, 14, number(0));
        }
        exchange(message, "add rule for mark " + mark);
    }

    /// A table by which every address is one of this machine's.
    public void addLocalRoute(boolean ipv6, int table) throws ErrnoException {
        var message = message(RTM_NEWROUTE, REQUEST_ACK | CREATE_EXCLUSIVE);
        // family, no destination or source, no TOS; the table below, made at boot, host, local
        message.put((byte) (ipv6 ? AF_INET6 : AF_INET))
                .put((byte) 0)
                .put((byte) 0)
                .put((byte) 0);
        message.put((byte) 0).put((byte) 3).put((byte) 254).put((byte) 2).putInt(0);
        attribute(message, 4, number(index("lo")));
        attribute(message, 15, number(table));
        exchange(message, "add local route to table " + table);
    }

    private static byte family(byte[] address) {
        return (byte) (address.length == 16 ? AF_INET6 : AF_INET);
    }

    private static ByteBuffer message(int type, int flags) {
        var message = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());
        return message.putInt(0)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(0)
                .putInt(0);
    }

    private static void attribute(ByteBuffer message, int type, byte[] value) {
        message.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        while (message.position() % 4 != 0) {
            message.put((byte) 0);
        }
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private static byte[] terminated(String name) {
        var bytes = Tap.interfaceName(name);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /// Sends a request and waits for its acknowledgement; returns the answer that came before it, or the
    /// acknowledgement.
    private byte[] exchange(ByteBuffer message, String what) throws ErrnoException {
        message.putInt(0, message.position()).putInt(8, ++sequence);
        var request = new byte[message.position()];
        message.flip().get(request);
        socket.write(request);
        byte[] answer = {};
        while (true) {
            var received = received();
            for (var at = 0; at + 16 <= received.limit(); ) {
                var part = received.slice(at, received.getInt(at)).order(ByteOrder.nativeOrder());
                if (part.getInt(8) == sequence) {
                    if (part.getShort(4) == NLMSG_ERROR) {
                        return acknowledged(part, answer, what);
                    }
                    answer = bytes(part);
                }
                at += (part.limit() + 3) & ~3;
            }
        }
    }

    private ByteBuffer received() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = Native.room(arena, LARGEST);
            var length = Native.call(Sys.READ, "netlink", socket.number(), buffer.address(), LARGEST);
            return ByteBuffer.wrap(NativeData.bytes(buffer, 0, length)).order(ByteOrder.nativeOrder());
        }
    }

    private static byte[] acknowledged(ByteBuffer part, byte[] answer, String what) throws ErrnoException {
        var error = part.getInt(16);
        if (error != 0) {
            throw new ErrnoException(-error, "netlink", what);
        }
        return answer.length == 0 ? bytes(part) : answer;
    }

    private static byte[] bytes(ByteBuffer part) {
        var bytes = new byte[part.limit()];
        part.get(0, bytes);
        return bytes;
    }

    @Override
    public void close() {
        socket.close();
    }
}
