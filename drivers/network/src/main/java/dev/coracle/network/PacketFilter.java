package dev.coracle.network;

import dev.coracle.core.networks.BridgeOptions;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Network;
import dev.coracle.linux.Nftables;
import dev.coracle.linux.Nftables.Chain;
import dev.coracle.linux.Nftables.Hook;
import dev.coracle.linux.Nftables.Part;
import dev.coracle.linux.Nftables.Rule;
import dev.coracle.relay.Relay;
import java.util.ArrayList;
import java.util.List;

/// What packets may do, for all networks together: one table, written anew when a network comes or
/// goes; containers change nothing in it.
final class PacketFilter {
    static final String TABLE = "coracle";

    private static final int FIRST = -150;
    private static final int FILTER = 0;
    private static final int SOURCE_NAT = 100;

    private PacketFilter() {}

    static List<Chain> chains(List<Network> networks) {
        return List.of(
                new Chain("forward", Nftables.Type.FILTER, Hook.FORWARD, FILTER, forward(networks)),
                new Chain("masquerade", Nftables.Type.NAT, Hook.POSTROUTING, SOURCE_NAT, masquerade(networks)),
                // connections of the relay that carry a client's address: their answers come back to it
                new Chain(
                        "clients-out",
                        Nftables.Type.FILTER,
                        Hook.OUTPUT,
                        FIRST,
                        List.of(Rule.of(new Part.MarkIs(Relay.MARK), new Part.SetConnectionMark(Relay.MARK)))),
                new Chain(
                        "clients-back",
                        Nftables.Type.FILTER,
                        Hook.PREROUTING,
                        FIRST,
                        List.of(Rule.of(
                                new Part.ConnectionMarkIs(Relay.MARK), new Part.SetMark(Underlay.RETURN_MARK)))));
    }

    private static List<Rule> forward(List<Network> networks) {
        var rules = new ArrayList<Rule>();
        for (var network : networks) {
            // only seen here where bridges hand packets to the filter (br_netfilter)
            rules.add(Rule.of(is(true, network), is(false, network), new Part.Accept()));
        }
        rules.add(Rule.of(any(true), any(false), new Part.Drop()));
        for (var network : networks) {
            if (network.spec().internal()) {
                rules.add(Rule.of(is(true, network), new Part.Drop()));
                rules.add(Rule.of(is(false, network), new Part.Drop()));
            }
        }
        return rules;
    }

    private static List<Rule> masquerade(List<Network> networks) {
        var rules = new ArrayList<Rule>();
        for (var network : networks) {
            if (network.spec().internal() || !BridgeOptions.of(network.spec()).masquerade()) {
                continue;
            }
            for (var subnet : network.spec().subnets()) {
                var cidr = Cidr.parse(subnet.cidr());
                rules.add(Rule.of(
                        new Part.Source(cidr.at(0), cidr.prefix()),
                        new Part.Device(false, Bridge.PREFIX, true, false),
                        new Part.Masquerade()));
            }
        }
        return rules;
    }

    private static Part any(boolean incoming) {
        return new Part.Device(incoming, Bridge.PREFIX, true, true);
    }

    private static Part is(boolean incoming, Network network) {
        return new Part.Device(incoming, network.device(), false, true);
    }
}
