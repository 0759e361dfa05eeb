package dev.coracle.linux;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Packet filter tables of one network namespace, the one the opening thread is in, without any program. A table is
/// replaced as a whole, by one transaction: no packet sees half of it.
public final class Nftables implements AutoCloseable {
    /// Where a chain sees packets; both families.
    public enum Hook {
        PREROUTING(0),
        INPUT(1),
        FORWARD(2),
        OUTPUT(3),
        POSTROUTING(4);

        private final int number;

        Hook(int number) {
            this.number = number;
        }
    }

    /// What a chain may do.
    public enum Type {
        FILTER("filter"),
        NAT("nat");

        private final String word;

        Type(String word) {
            this.word = word;
        }
    }

    /// A chain that accepts what none of its rules decides.
    ///
    /// @param priority among the chains of its hook; lower comes first
    public record Chain(String name, Type type, Hook hook, int priority, List<Rule> rules) {
        public Chain {
            rules = List.copyOf(rules);
        }
    }

    /// Parts are evaluated in turn; a match that does not hold ends the rule.
    public record Rule(List<Part> parts) {
        public Rule {
            parts = List.copyOf(parts);
        }

        public static Rule of(Part... parts) {
            return new Rule(List.of(parts));
        }
    }

    /// A match or an action.
    public sealed interface Part {
        /// The link a packet came by or leaves by: of that name, or of a name that begins so.
        record Device(boolean incoming, String name, boolean beginning, boolean equal) implements Part {}

        record Source(InetAddress network, int prefix) implements Part {}

        record Destination(InetAddress network, int prefix) implements Part {}

        record MarkIs(int mark) implements Part {}

        record ConnectionMarkIs(int mark) implements Part {}

        record SetConnectionMark(int mark) implements Part {}

        record SetMark(int mark) implements Part {}

        /// The packet leaves with the address of the link it leaves by.
        record Masquerade() implements Part {}

        record Accept() implements Part {}

        record Drop() implements Part {}
    }

    private static final int SUBSYSTEM = 10;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NEW_TABLE = SUBSYSTEM << 8;
    private static final int DELETE_TABLE = SUBSYSTEM << 8 | 2;
    private static final int NEW_CHAIN = SUBSYSTEM << 8 | 3;
    private static final int NEW_RULE = SUBSYSTEM << 8 | 6;
    private static final int INET = 1;
    private static final int IPV4 = 2;
    private static final int IPV6 = 10;
    private static final int APPEND = 0x800;
    private static final int MARK = 3;
    private static final int IN_NAME = 6;
    private static final int OUT_NAME = 7;
    private static final int NFPROTO = 15;
    private static final int NAME_SIZE = 16;
    private static final int EQUAL = 0;
    private static final int UNEQUAL = 1;
    private static final int DROP = 0;
    private static final int ACCEPT = 1;
    private static final int REGISTER = 1;

    private final Netlink netlink;

    private Nftables(Netlink netlink) {
        this.netlink = netlink;
    }

    /// For the network namespace of the calling thread.
    ///
    /// @throws ErrnoException EPROTONOSUPPORT when the kernel has no netfilter
    public static Nftables open() throws ErrnoException {
        return new Nftables(Netlink.open(Netlink.NETFILTER));
    }

    /// Makes the table hold these chains, whatever it held before.
    ///
    /// @throws ErrnoException EOPNOTSUPP or ENOENT when the kernel lacks nf_tables or a part of it
    public void replace(String table, List<Chain> chains) throws ErrnoException {
        var batch = batch();
        // made first, so that there is one to remove
        begin(batch, NEW_TABLE, Netlink.CREATE).text(1, table);
        begin(batch, DELETE_TABLE, 0).text(1, table);
        begin(batch, NEW_TABLE, Netlink.CREATE).text(1, table);
        for (var chain : chains) {
            put(begin(batch, NEW_CHAIN, Netlink.CREATE), table, chain);
            for (var rule : chain.rules()) {
                begin(batch, NEW_RULE, Netlink.CREATE | APPEND).text(1, table).text(2, chain.name());
                batch.nest(4, list -> rule.parts().forEach(part -> put(list, part)));
            }
        }
        commit(batch, "replace table " + table);
    }

    /// Removes the table; one that is not there is what was asked for.
    public void remove(String table) throws ErrnoException {
        var batch = batch();
        begin(batch, NEW_TABLE, Netlink.CREATE).text(1, table);
        begin(batch, DELETE_TABLE, 0).text(1, table);
        commit(batch, "remove table " + table);
    }

    private static NetlinkMessage batch() {
        return NetlinkMessage.of(BATCH_BEGIN, Netlink.REQUEST).raw8(0, 0, 0, SUBSYSTEM);
    }

    private static NetlinkMessage begin(NetlinkMessage batch, int type, int flags) {
        return batch.begin(type, Netlink.REQUEST | flags).raw8(INET, 0, 0, 0);
    }

    private void commit(NetlinkMessage batch, String what) throws ErrnoException {
        netlink.batch(batch.begin(BATCH_END, Netlink.REQUEST).raw8(0, 0, 0, SUBSYSTEM), what);
    }

    private static void put(NetlinkMessage message, String table, Chain chain) {
        message.text(1, table)
                .text(3, chain.name())
                .nest(4, hook -> hook.big(1, chain.hook().number).big(2, chain.priority()))
                .big(5, ACCEPT)
                .text(7, chain.type().word);
    }

    private static void put(NetlinkMessage list, Part part) {
        switch (part) {
            case Part.Device device -> {
                meta(list, device.incoming() ? IN_NAME : OUT_NAME);
                var name = device.name().getBytes(StandardCharsets.US_ASCII);
                compare(list, device.equal(), device.beginning() ? name : Arrays.copyOf(name, NAME_SIZE));
            }
            case Part.Source source -> address(list, source.network(), source.prefix(), true);
            case Part.Destination destination -> address(list, destination.network(), destination.prefix(), false);
            case Part.MarkIs is -> {
                meta(list, MARK);
                compare(list, true, NetlinkMessage.native32(is.mark()));
            }
            case Part.ConnectionMarkIs is -> {
                expression(list, "ct", data -> data.big(1, REGISTER).big(2, MARK));
                compare(list, true, NetlinkMessage.native32(is.mark()));
            }
            case Part.SetConnectionMark set -> {
                load(list, set.mark());
                expression(list, "ct", data -> data.big(2, MARK).big(4, REGISTER));
            }
            case Part.SetMark set -> {
                load(list, set.mark());
                expression(list, "meta", data -> data.big(2, MARK).big(3, REGISTER));
            }
            case Part.Masquerade _ -> expression(list, "masq", _ -> {});
            case Part.Accept _ -> verdict(list, ACCEPT);
            case Part.Drop _ -> verdict(list, DROP);
        }
    }

    private static void address(NetlinkMessage list, InetAddress network, int prefix, boolean source) {
        var bytes = network.getAddress();
        var six = bytes.length == 16;
        meta(list, NFPROTO);
        compare(list, true, new byte[] {(byte) (six ? IPV6 : IPV4)});
        var offset = six ? (source ? 8 : 24) : (source ? 12 : 16);
        expression(
                list,
                "payload",
                data -> data.big(1, REGISTER).big(2, 1).big(3, offset).big(4, bytes.length));
        var mask = new byte[bytes.length];
        for (var bit = 0; bit < prefix; bit++) {
            mask[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        expression(
                list,
                "bitwise",
                data -> data.big(1, REGISTER)
                        .big(2, REGISTER)
                        .big(3, bytes.length)
                        .nest(4, value -> value.bytes(1, mask))
                        .nest(5, value -> value.bytes(1, new byte[bytes.length])));
        compare(list, true, bytes);
    }

    private static void meta(NetlinkMessage list, int key) {
        expression(list, "meta", data -> data.big(1, REGISTER).big(2, key));
    }

    private static void compare(NetlinkMessage list, boolean equal, byte[] with) {
        expression(
                list,
                "cmp",
                data -> data.big(1, REGISTER).big(2, equal ? EQUAL : UNEQUAL).nest(3, value -> value.bytes(1, with)));
    }

    private static void load(NetlinkMessage list, int value) {
        expression(
                list,
                "immediate",
                data -> data.big(1, REGISTER).nest(2, inside -> inside.bytes(1, NetlinkMessage.native32(value))));
    }

    private static void verdict(NetlinkMessage list, int code) {
        expression(
                list,
                "immediate",
                data -> data.big(1, 0).nest(2, inside -> inside.nest(2, verdict -> verdict.big(1, code))));
    }

    private static void expression(NetlinkMessage list, String name, NetlinkMessage.Inside data) {
        list.nest(1, element -> element.text(1, name).nest(2, data));
    }

    @Override
    public void close() {
        netlink.close();
    }
}
