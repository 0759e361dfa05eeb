package dev.coracle.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Bridges, veth pairs, addresses, routes and routing rules of one network namespace: the one the opening thread is
/// in. It may be used from any thread afterwards, also from virtual ones: the kernel answers at once.
public final class Links implements AutoCloseable {
    /// A link as it is.
    ///
    /// @param master index of the bridge it is a port of, or 0
    public record Link(int index, String name, int mtu, boolean up, int master) {}

    /// One way to somewhere, from the main table.
    ///
    /// @param prefix length of the destination; 0 for a default route
    /// @param gateway empty when the destination is on the link
    public record Route(InetAddress destination, int prefix, Optional<InetAddress> gateway, int link) {}

    /// The far end of a veth pair: it is born in the namespace it is for.
    public record Peer(String name, String mac, Fd namespace) {}

    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;
    private static final int RTM_NEWRULE = 32;
    private static final int IFF_UP = 1;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_PROTINFO = 12;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int INFO_KIND = 1;
    private static final int INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int BRPORT_ISOLATED = 33;
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_BRIDGE = 7;
    private static final int AF_INET6 = 10;
    private static final int MAIN_TABLE = 254;
    private static final int STATIC = 4;
    private static final int UNICAST = 1;
    private static final int LOCAL = 2;
    private static final int SCOPE_HOST = 254;
    /// Before the main table is asked.
    private static final int RULE_PRIORITY = 100;
    /// Of a link's message, behind which attributes begin.
    private static final int LINK_HEADER = 32;

    private static final int MAKE = Netlink.REQUEST | Netlink.ACK | Netlink.CREATE | Netlink.EXCLUSIVE;
    private static final int CHANGE = Netlink.REQUEST | Netlink.ACK;
    private static final int LIST = Netlink.REQUEST | Netlink.DUMP;

    private final Netlink netlink;

    private Links(Netlink netlink) {
        this.netlink = netlink;
    }

    /// For the network namespace of the calling thread.
    public static Links open() throws ErrnoException {
        return new Links(Netlink.open(Netlink.ROUTE));
    }

    public Optional<Link> find(String name) throws ErrnoException {
        var request = link(RTM_GETLINK, CHANGE, 0, 0).text(IFLA_IFNAME, checked(name));
        try {
            return netlink.exchange(request, "get link " + name).stream()
                    .map(Links::link)
                    .findFirst();
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// @throws ErrnoException ENODEV when there is none of that name
    public Link get(String name) throws ErrnoException {
        return find(name).orElseThrow(() -> new ErrnoException(Errno.ENODEV, "netlink", "get link " + name));
    }

    public List<Link> list() throws ErrnoException {
        return netlink.exchange(link(RTM_GETLINK, LIST, 0, 0), "list links").stream()
                .map(Links::link)
                .toList();
    }

    private static Link link(ByteBuffer message) {
        return new Link(
                message.getInt(20),
                NetlinkMessage.attribute(message, LINK_HEADER, IFLA_IFNAME)
                        .map(NetlinkMessage::text)
                        .orElse(""),
                NetlinkMessage.attribute(message, LINK_HEADER, IFLA_MTU)
                        .map(mtu -> mtu.getInt(0))
                        .orElse(0),
                (message.getInt(24) & IFF_UP) != 0,
                NetlinkMessage.attribute(message, LINK_HEADER, IFLA_MASTER)
                        .map(master -> master.getInt(0))
                        .orElse(0));
    }

    /// Makes a bridge that is up. With a hardware address of its own it keeps it whatever joins.
    public Link addBridge(String name, String mac, int mtu) throws ErrnoException {
        var request = link(RTM_NEWLINK, MAKE, 0, IFF_UP)
                .text(IFLA_IFNAME, checked(name))
                .bytes(IFLA_ADDRESS, mac(mac))
                .number(IFLA_MTU, mtu)
                .nest(IFLA_LINKINFO, info -> info.text(INFO_KIND, "bridge"));
        netlink.exchange(request, "add bridge " + name);
        return get(name);
    }

    /// Makes a pair of links: one here, up, as a port of the bridge, and one in the other namespace, still down (the
    /// kernel does not open an end before it has the other).
    public void addVeth(String name, Link bridge, int mtu, Peer peer) throws ErrnoException {
        var request = link(RTM_NEWLINK, MAKE, 0, IFF_UP)
                .text(IFLA_IFNAME, checked(name))
                .number(IFLA_MTU, mtu)
                .number(IFLA_MASTER, bridge.index())
                .nest(
                        IFLA_LINKINFO,
                        info -> info.text(INFO_KIND, "veth")
                                .nest(
                                        INFO_DATA,
                                        data -> data.nest(
                                                VETH_INFO_PEER,
                                                far -> far.raw32(AF_UNSPEC, 0, 0, 0)
                                                        .text(IFLA_IFNAME, checked(peer.name()))
                                                        .bytes(IFLA_ADDRESS, mac(peer.mac()))
                                                        .number(IFLA_MTU, mtu)
                                                        .number(
                                                                IFLA_NET_NS_FD,
                                                                peer.namespace().number()))));
        netlink.exchange(request, "add veth " + name + " to " + bridge.name());
    }

    /// Whether a bridge's port reaches the other ports that are isolated as well; all of them reach the bridge itself.
    public void setIsolated(String port, boolean isolated) throws ErrnoException {
        var request = NetlinkMessage.of(RTM_SETLINK, CHANGE)
                .raw32(AF_BRIDGE, get(port).index(), 0, 0)
                .nest(IFLA_PROTINFO, options -> options.octet(BRPORT_ISOLATED, isolated ? 1 : 0));
        netlink.exchange(request, "isolate link " + port);
    }

    public void setUp(String name) throws ErrnoException {
        netlink.exchange(link(RTM_NEWLINK, CHANGE, get(name).index(), IFF_UP), "set link " + name + " up");
    }

    public void setMtu(String name, int mtu) throws ErrnoException {
        var request = link(RTM_NEWLINK, CHANGE, get(name).index(), 0).number(IFLA_MTU, mtu);
        netlink.exchange(request, "set mtu " + mtu + " of link " + name);
    }

    /// Removes a link; one that is not there is what was asked for.
    public void remove(String name) throws ErrnoException {
        try {
            netlink.exchange(link(RTM_DELLINK, CHANGE, 0, 0).text(IFLA_IFNAME, checked(name)), "remove link " + name);
        } catch (ErrnoException failure) {
            if (!failure.is(Errno.ENODEV)) {
                throw failure;
            }
        }
    }

    private static NetlinkMessage link(int type, int flags, int index, int linkFlags) {
        return NetlinkMessage.of(type, flags).raw32(AF_UNSPEC, index, linkFlags, linkFlags);
    }

    /// Gives a link an address; one that it has already is what was asked for.
    public void ensureAddress(String name, InetAddress address, int prefix) throws ErrnoException {
        var bytes = address.getAddress();
        // duplicate address detection would hold an IPv6 address back for a second (IFA_F_NODAD)
        var request = NetlinkMessage.of(RTM_NEWADDR, MAKE)
                .raw8(family(bytes), prefix, bytes.length == 16 ? 2 : 0, 0)
                .raw32(get(name).index())
                .bytes(1, bytes)
                .bytes(2, bytes);
        tolerate(Errno.EEXIST, request, "add address " + address.getHostAddress() + "/" + prefix + " to link " + name);
    }

    /// The addresses of this namespace's links, with their prefix lengths, loopback's excepted.
    public List<Route> addresses() throws ErrnoException {
        var found = new ArrayList<Route>();
        for (var answer : netlink.exchange(
                NetlinkMessage.of(RTM_GETADDR, LIST).raw8(0, 0, 0, 0).raw32(0), "list addresses")) {
            var address = NetlinkMessage.attribute(answer, 24, 1);
            if (address.isPresent()) {
                var value = inet(NetlinkMessage.content(address.get()));
                if (!value.isLoopbackAddress()) {
                    found.add(
                            new Route(value, Byte.toUnsignedInt(answer.get(17)), Optional.empty(), answer.getInt(20)));
                }
            }
        }
        return found;
    }

    public void ensureDefaultRoute(String name, InetAddress gateway) throws ErrnoException {
        var request = route(RTM_NEWROUTE, MAKE, gateway, MAIN_TABLE, 0, UNICAST)
                .bytes(5, gateway.getAddress())
                .number(4, get(name).index());
        tolerate(Errno.EEXIST, request, "add default route by " + gateway.getHostAddress() + " on link " + name);
    }

    public void removeDefaultRoute(InetAddress gateway) throws ErrnoException {
        var request =
                route(RTM_DELROUTE, CHANGE, gateway, MAIN_TABLE, 0, UNICAST).bytes(5, gateway.getAddress());
        tolerate(Errno.ESRCH, request, "remove default route by " + gateway.getHostAddress());
    }

    /// Whatever bears the mark is for this namespace itself, whoever it is addressed to.
    ///
    /// @param family any address of the family it is about
    public void ensureMarkedIsLocal(int mark, int table, InetAddress family) throws ErrnoException {
        var local = route(RTM_NEWROUTE, MAKE, family, table, SCOPE_HOST, LOCAL)
                .number(4, get("lo").index());
        tolerate(Errno.EEXIST, local, "add local route in table " + table);
        // family, no source, destination or TOS; table; two reserved bytes; action: look it up there
        var rule = NetlinkMessage.of(RTM_NEWRULE, MAKE)
                .raw8(family(family.getAddress()), 0, 0, 0, table, 0, 0, 1)
                .raw32(0)
                .number(6, RULE_PRIORITY)
                .number(10, mark);
        tolerate(Errno.EEXIST, rule, "add rule for mark " + mark);
    }

    private static NetlinkMessage route(int type, int flags, InetAddress family, int table, int scope, int kind) {
        return NetlinkMessage.of(type, flags)
                .raw8(family(family.getAddress()), 0, 0, 0, table, STATIC, scope, kind)
                .raw32(0);
    }

    private void tolerate(Errno errno, NetlinkMessage request, String what) throws ErrnoException {
        try {
            netlink.exchange(request, what);
        } catch (ErrnoException failure) {
            if (!failure.is(errno)) {
                throw failure;
            }
        }
    }

    /// Routes to other hosts, of both families.
    public List<Route> routes() throws ErrnoException {
        var found = new ArrayList<Route>();
        for (var family : List.of(AF_INET, AF_INET6)) {
            var request = NetlinkMessage.of(RTM_GETROUTE, LIST)
                    .raw8(family, 0, 0, 0, 0, 0, 0, 0)
                    .raw32(0);
            for (var answer : netlink.exchange(request, "list routes")) {
                var main = Byte.toUnsignedInt(answer.get(20)) == MAIN_TABLE;
                if (main && answer.get(23) == UNICAST) {
                    found.add(route(answer, family));
                }
            }
        }
        return found;
    }

    private static Route route(ByteBuffer message, int family) {
        var none = new byte[family == AF_INET ? 4 : 16];
        var destination = NetlinkMessage.attribute(message, 28, 1)
                .map(NetlinkMessage::content)
                .orElse(none);
        return new Route(
                inet(destination),
                Byte.toUnsignedInt(message.get(17)),
                NetlinkMessage.attribute(message, 28, 5)
                        .map(NetlinkMessage::content)
                        .map(Links::inet),
                NetlinkMessage.attribute(message, 28, 4)
                        .map(link -> link.getInt(0))
                        .orElse(0));
    }

    private static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    private static int family(byte[] address) {
        return address.length == 16 ? AF_INET6 : AF_INET;
    }

    private static String checked(String name) {
        Tap.interfaceName(name);
        return name;
    }

    private static byte[] mac(String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }

    @Override
    public void close() {
        netlink.close();
    }
}
