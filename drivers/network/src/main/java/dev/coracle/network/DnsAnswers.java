package dev.coracle.network;

import dev.coracle.core.networks.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// What is answered without asking anybody, for one network.
final class DnsAnswers {
    static final Set<String> HOST = Set.of("host.docker.internal", "host.containers.internal");
    private static final Set<String> GATEWAY = Set.of("gateway.docker.internal", "gateway.containers.internal");

    private final String networkId;
    private final List<InetAddress> gateways;
    private final Supplier<DnsNames> names;
    private final Supplier<List<InetAddress>> host;
    private final AtomicInteger turn = new AtomicInteger();

    /// @param host how containers reach the host
    DnsAnswers(
            String networkId, List<InetAddress> gateways, Supplier<DnsNames> names, Supplier<List<InetAddress>> host) {
        this.networkId = networkId;
        this.gateways = List.copyOf(gateways);
        this.names = names;
        this.host = host;
    }

    /// The answer, or nothing when others have to be asked.
    Optional<byte[]> answer(DnsQuery query, InetAddress from, boolean datagram) {
        var now = names.get();
        var asker = now.asker(networkId, from);
        var reversed = query.reversed();
        if (reversed.isPresent() && now.isOurs(reversed.get())) {
            return Optional.of(now.name(networkId, asker, reversed.get())
                    .map(name -> query.asksFor(DnsQuery.PTR) ? query.pointer(name) : query.answer(DnsQuery.NO_ERROR))
                    .orElseGet(() -> query.answer(DnsQuery.NO_SUCH_NAME)));
        }
        if (HOST.contains(query.name())) {
            return Optional.of(query.addresses(host.get(), datagram));
        }
        if (GATEWAY.contains(query.name())) {
            return Optional.of(query.addresses(gateways, datagram));
        }
        var found = now.find(networkId, asker, query.name());
        return found.isEmpty() ? Optional.empty() : Optional.of(query.addresses(rotated(found), datagram));
    }

    /// Each answer begins with another address, so that those who take the first are spread.
    private List<InetAddress> rotated(List<InetAddress> addresses) {
        var rotated = new ArrayList<>(addresses);
        Collections.rotate(rotated, turn.getAndIncrement());
        return rotated;
    }

    /// The servers to ask for somebody: those of the sandbox, or the host's.
    List<InetAddress> servers(InetAddress from, List<InetAddress> hosts) {
        return names.get()
                .asker(networkId, from)
                .map(member -> member.spec().dnsServers())
                .filter(servers -> !servers.isEmpty())
                .map(servers -> servers.stream().map(Cidr::address).toList())
                .orElse(hosts);
    }
}
