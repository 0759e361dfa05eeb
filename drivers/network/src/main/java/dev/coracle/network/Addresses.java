package dev.coracle.network;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Links;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Who has which address. A freed address is given away again only after all others of its range,
/// as neighbours remember for a while where it was.
final class Addresses {
    private final Map<String, String> owners = new HashMap<>();
    private final Map<String, Long> last = new HashMap<>();

    /// Chooses addresses; claims nothing yet.
    Endpoint choose(Network network, EndpointSpec wanted, String device) {
        var four = subnet(network, false);
        var six = subnet(network, true);
        var address = four.map(subnet -> address(network, subnet, wanted.address()));
        var address6 = six.map(subnet -> address(network, subnet, wanted.address6()));
        if (four.isEmpty() && !wanted.address().isEmpty()) {
            throw new InvalidArgument("network \"" + network.name() + "\" has no IPv4 subnet for " + wanted.address());
        }
        if (six.isEmpty() && !wanted.address6().isEmpty()) {
            throw new InvalidArgument("network \"" + network.name() + "\" has no IPv6 subnet for " + wanted.address6());
        }
        return new Endpoint(
                network.name(),
                network.id(),
                device,
                wanted.mac().isEmpty() ? mac(address.or(() -> address6).orElseThrow()) : checked(wanted.mac()),
                written(four, address),
                four.map(Subnet::gateway).orElse(""),
                written(six, address6),
                six.map(Subnet::gateway).orElse(""),
                wanted.aliases());
    }

    private static String written(Optional<Subnet> subnet, Optional<InetAddress> address) {
        return subnet.isEmpty() || address.isEmpty()
                ? ""
                : Cidr.text(address.get()) + "/"
                        + Cidr.parse(subnet.get().cidr()).prefix();
    }

    static Optional<Subnet> subnet(Network network, boolean ipv6) {
        return network.spec().subnets().stream()
                .filter(subnet -> Cidr.parse(subnet.cidr()).isIpv6() == ipv6)
                .findFirst();
    }

    private InetAddress address(Network network, Subnet subnet, String wanted) {
        return wanted.isEmpty() ? free(network, subnet) : granted(network, subnet, wanted);
    }

    private InetAddress granted(Network network, Subnet subnet, String wanted) {
        var cidr = Cidr.parse(subnet.cidr());
        var address = Cidr.address(wanted);
        if (!cidr.isUsable(address)) {
            throw new InvalidArgument("address " + wanted + " is not one for hosts of subnet " + cidr + " of network \""
                    + network.name() + "\"");
        }
        if (address.equals(Cidr.address(subnet.gateway()))) {
            throw new Conflict("address " + wanted + " is the gateway of network \"" + network.name() + "\"");
        }
        var owner = owners.get(key(network.id(), address));
        if (owner != null) {
            throw new Conflict("address " + wanted + " of network \"" + network.name() + "\" is used by " + owner);
        }
        return address;
    }

    private InetAddress free(Network network, Subnet subnet) {
        var cidr = Cidr.parse(subnet.cidr());
        var range = subnet.range().isEmpty() ? cidr : Cidr.parse(subnet.range());
        var gateway = Cidr.address(subnet.gateway());
        var place = network.id() + "/" + range;
        var size = range.size();
        var start = last.getOrDefault(place, -1L) + 1;
        for (var tried = 0L; tried < size; tried++) {
            var offset = (start + tried) % size;
            var address = range.at(offset);
            if (cidr.isUsable(address) && !address.equals(gateway) && !owners.containsKey(key(network.id(), address))) {
                last.put(place, offset);
                return address;
            }
        }
        throw new ResourceExhausted("all addresses of " + range + " of network \"" + network.name() + "\" are in use");
    }

    /// A locally administered address made from the one above it, as Docker's are, so that neighbours need not learn
    /// a new one when a container comes back with its address.
    static String mac(InetAddress address) {
        var bytes = address.getAddress();
        var made = new byte[] {0x02, 0x42, 0, 0, 0, 0};
        System.arraycopy(bytes, bytes.length - 4, made, 2, 4);
        return HexFormat.ofDelimiter(":").formatHex(made);
    }

    private static String checked(String mac) {
        var lower = mac.toLowerCase(Locale.ROOT).replace('-', ':');
        if (!lower.matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
            throw new InvalidArgument("hardware address \"" + mac + "\" is not like 02:42:0a:04:00:02");
        }
        if ((Integer.parseInt(lower.substring(0, 2), 16) & 1) != 0 || lower.equals("00:00:00:00:00:00")) {
            throw new InvalidArgument("hardware address \"" + mac + "\" is not one of a single host");
        }
        return lower;
    }

    void claim(Endpoint endpoint, String owner) {
        keys(endpoint).forEach(key -> owners.put(key, owner));
    }

    void release(Endpoint endpoint) {
        keys(endpoint).forEach(owners::remove);
    }

    boolean isClaimed(String key) {
        return owners.containsKey(key);
    }

    /// The claims an endpoint stands for.
    static List<String> keys(Endpoint endpoint) {
        return Stream.of(endpoint.address(), endpoint.address6())
                .filter(address -> !address.isEmpty())
                .map(address -> key(endpoint.networkId(), bare(address)))
                .toList();
    }

    private static String key(String network, InetAddress address) {
        return network + "/" + Cidr.text(address);
    }

    /// Leads everything else through the endpoint's gateways, in the calling thread's namespace.
    static void ensureDefaultRoutes(Links links, Endpoint endpoint) throws ErrnoException {
        for (var gateway : List.of(endpoint.gateway(), endpoint.gateway6())) {
            if (!gateway.isEmpty()) {
                links.ensureDefaultRoute(endpoint.device(), Cidr.address(gateway));
            }
        }
    }

    /// The address without its prefix length.
    static InetAddress bare(String address) {
        return Cidr.address(address.substring(0, address.indexOf('/')));
    }
}
