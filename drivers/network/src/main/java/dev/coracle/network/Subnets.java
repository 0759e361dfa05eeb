package dev.coracle.network;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import dev.coracle.core.networks.Networks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Chooses and completes the subnets of a new network.
final class Subnets {
    /// Private ranges that home and office networks use little, in the order they are tried.
    private static final List<Cidr> PRIVATE = List.of(Cidr.parse("10.4.0.0/14"), Cidr.parse("172.24.0.0/13"));

    private static final Cidr UNIQUE_LOCAL = Cidr.parse("fd63:6f72:6163::/48");

    private final List<Network> others;
    private final List<Cidr> foreign;

    /// @param foreign what is routed elsewhere: ranges of the host, addresses of name servers
    Subnets(List<Network> others, List<Cidr> foreign) {
        this.others = List.copyOf(others);
        this.foreign = List.copyOf(foreign);
    }

    /// The specification with its subnets, gateways written out.
    ///
    /// @param ipv6 whether a range of IPv6 is added although none is asked for
    /// @throws InvalidArgument when a subnet, gateway or range is not one, or does not fit
    /// @throws Conflict when a subnet overlaps another network's
    NetworkSpec complete(NetworkSpec spec, boolean ipv6) {
        var subnets = new ArrayList<Subnet>();
        for (var wanted : spec.subnets()) {
            var cidr = Cidr.parse(wanted.cidr());
            if (subnets.stream().anyMatch(made -> Cidr.parse(made.cidr()).isIpv6() == cidr.isIpv6())) {
                throw new InvalidArgument("network \"" + spec.name() + "\": one subnet of each family can be had, "
                        + cidr + " is one more");
            }
            owner(cidr).ifPresent(other -> {
                throw new Conflict("subnet " + cidr + " overlaps that of network \"" + other.name() + "\"");
            });
            subnets.add(complete(cidr, wanted));
        }
        if (subnets.stream().allMatch(subnet -> Cidr.parse(subnet.cidr()).isIpv6())) {
            subnets.addFirst(complete(chosen(spec.name()), new Subnet("", "", "")));
        }
        var six = spec.ipv6() || ipv6 || subnets.size() > 1;
        if (six && subnets.size() == 1) {
            subnets.add(complete(chosen6(), new Subnet("", "", "")));
        }
        return new NetworkSpec(
                spec.name(), spec.driver(), subnets, six, spec.internal(), spec.options(), spec.labels());
    }

    private static Subnet complete(Cidr cidr, Subnet wanted) {
        if (cidr.size() < 4) {
            throw new InvalidArgument("subnet " + cidr + " has no room for a gateway and a container");
        }
        var gateway = wanted.gateway().isEmpty() ? cidr.at(1) : Cidr.address(wanted.gateway());
        if (!cidr.isUsable(gateway)) {
            throw new InvalidArgument(
                    "gateway " + Cidr.text(gateway) + " is not an address for hosts of subnet " + cidr);
        }
        if (!wanted.range().isEmpty() && !cidr.contains(Cidr.parse(wanted.range()))) {
            throw new InvalidArgument("range " + wanted.range() + " is not within subnet " + cidr);
        }
        return new Subnet(cidr.toString(), Cidr.text(gateway), wanted.range());
    }

    private Cidr chosen(String name) {
        // the first one is kept for the network that exists always
        var first = name.equals(Networks.DEFAULT) ? 0 : 1;
        for (var range : PRIVATE) {
            for (var number = first; number < range.size() >> 8; number++) {
                var cidr = Cidr.of(range.at((long) number << 8), 24);
                if (isFree(cidr)) {
                    return cidr;
                }
            }
        }
        throw new ResourceExhausted("no subnet of " + PRIVATE + " is free for network \"" + name + "\"");
    }

    private Cidr chosen6() {
        for (var number = 0; number < 1 << 16; number++) {
            var address = UNIQUE_LOCAL.at(0).getAddress();
            address[6] = (byte) (number >> 8);
            address[7] = (byte) number;
            var cidr = Cidr.of(inet(address), 64);
            if (isFree(cidr)) {
                return cidr;
            }
        }
        throw new ResourceExhausted("no subnet of " + UNIQUE_LOCAL + " is free");
    }

    private static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    private boolean isFree(Cidr cidr) {
        return owner(cidr).isEmpty() && foreign.stream().noneMatch(cidr::overlaps);
    }

    private Optional<Network> owner(Cidr cidr) {
        return others.stream()
                .filter(network -> network.spec().subnets().stream()
                        .anyMatch(subnet -> Cidr.parse(subnet.cidr()).overlaps(cidr)))
                .findFirst();
    }
}
