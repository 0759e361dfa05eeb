package dev.coracle.network;

import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Who answers to which name on which network: one moment of it, never changed.
final class DnsNames {
    private static final int SHORT_ID = 12;

    /// Addresses by name, per network.
    private final Map<String, Map<String, List<InetAddress>>> forward = new HashMap<>();

    private final Map<String, Map<InetAddress, String>> reverse = new HashMap<>();
    private final Map<String, Map<InetAddress, Member>> owners = new HashMap<>();
    private final List<Cidr> ranges;

    DnsNames(List<Network> networks, List<Member> members) {
        ranges = networks.stream()
                .flatMap(network -> network.spec().subnets().stream())
                .map(subnet -> Cidr.parse(subnet.cidr()))
                .toList();
        for (var member : members) {
            for (var connection : member.connections()) {
                var endpoint = connection.endpoint();
                var names = names(member, endpoint.aliases());
                for (var address : addresses(endpoint.address(), endpoint.address6())) {
                    owners.computeIfAbsent(endpoint.networkId(), _ -> new HashMap<>())
                            .put(address, member);
                    names.forEach(name -> add(endpoint.networkId(), endpoint.network(), name, address));
                    names.stream()
                            .findFirst()
                            .ifPresent(name -> reverse.computeIfAbsent(endpoint.networkId(), _ -> new HashMap<>())
                                    .put(
                                            address,
                                            name + "." + endpoint.network().toLowerCase(Locale.ROOT)));
                }
            }
        }
    }

    private static List<InetAddress> addresses(String... written) {
        return Stream.of(written)
                .filter(text -> !text.isEmpty())
                .map(Addresses::bare)
                .toList();
    }

    /// The container's name first: it is the one that reverse look-ups answer.
    private static Set<String> names(Member member, List<String> aliases) {
        var names = new LinkedHashSet<String>();
        names.add(member.spec().containerName());
        names.addAll(aliases);
        names.add(member.spec().hostname());
        var id = member.id().substring(member.id().indexOf('/') + 1);
        names.add(id.substring(0, Math.min(SHORT_ID, id.length())));
        names.remove("");
        return names;
    }

    private void add(String networkId, String network, String name, InetAddress address) {
        var lower = name.toLowerCase(Locale.ROOT);
        var byName = forward.computeIfAbsent(networkId, _ -> new HashMap<>());
        for (var full : List.of(lower, lower + "." + network.toLowerCase(Locale.ROOT))) {
            byName.computeIfAbsent(full, _ -> new ArrayList<>()).add(address);
        }
    }

    /// Who asks, by the address on the network the question came from.
    Optional<Member> asker(String networkId, InetAddress address) {
        return Optional.ofNullable(owners.getOrDefault(networkId, Map.of()).get(address));
    }

    /// All addresses of a name, in the networks that the asker is connected to; empty when it is
    /// nobody's.
    ///
    /// @param networkId where the question came from
    List<InetAddress> find(String networkId, Optional<Member> asker, String name) {
        var found = new LinkedHashSet<InetAddress>();
        for (var network : visible(networkId, asker)) {
            found.addAll(forward.getOrDefault(network, Map.of()).getOrDefault(name, List.of()));
        }
        return List.copyOf(found);
    }

    Optional<String> name(String networkId, Optional<Member> asker, InetAddress address) {
        return visible(networkId, asker).stream()
                .flatMap(network -> Optional.ofNullable(
                        reverse.getOrDefault(network, Map.of()).get(address))
                        .stream())
                .findFirst();
    }

    /// Is the address of one of our networks, so that nobody outside can know its name?
    boolean isOurs(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static Set<String> visible(String networkId, Optional<Member> asker) {
        var networks = new LinkedHashSet<String>();
        networks.add(networkId);
        asker.ifPresent(member -> member.connections()
                .forEach(connection -> networks.add(connection.endpoint().networkId())));
        return networks;
    }
}
