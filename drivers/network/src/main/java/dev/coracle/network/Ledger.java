package dev.coracle.network;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.networks.DescribedNetworks;
import dev.coracle.core.networks.DescribedNetworks.Connected;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.records.Records;
import dev.coracle.core.records.Records.Change;
import dev.coracle.network.Member.Connection;
import dev.coracle.network.Member.Origin;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Which networks and sandboxes there are and what they claim. Durable before it is true; this
/// process is the only one that writes it, so what was read once is kept.
final class Ledger {
    static final String NETWORK = "network";
    static final String SANDBOX = "network-sandbox";
    static final String ADDRESS = "network-address";
    static final String PORT = "network-port";

    private final Records records;
    private final DescribedNetworks described;
    private final Map<String, Network> networks = new TreeMap<>();
    private final Map<String, Member> members = new TreeMap<>();
    private final Addresses addresses = new Addresses();
    private final Ports ports = new Ports();
    private volatile DnsNames names = new DnsNames(List.of(), List.of());

    Ledger(Records records, DescribedNetworks described) {
        this.records = records;
        this.described = described;
        records.list(NETWORK, "").values().stream()
                .map(Documents::network)
                .forEach(network -> networks.put(network.name(), network));
        records.list(SANDBOX, "").values().stream().map(Documents::member).forEach(this::remember);
        releaseStrayClaims();
        changed();
    }

    private void remember(Member member) {
        members.put(member.id(), member);
        member.connections().stream()
                .filter(Ledger::isAddressed)
                .forEach(connection -> addresses.claim(connection.endpoint(), member.id()));
        member.ports().forEach(port -> ports.claim(port, member.id()));
    }

    /// Claims are made and released together with their sandbox; others are nobody's.
    private void releaseStrayClaims() {
        var stray = new ArrayList<Change>();
        records.list(ADDRESS, "").keySet().stream()
                .filter(key -> !addresses.isClaimed(key))
                .forEach(key -> stray.add(new Change.Delete(ADDRESS, key)));
        records.list(PORT, "").keySet().stream()
                .filter(key -> !ports.isClaimed(key))
                .forEach(key -> stray.add(new Change.Delete(PORT, key)));
        if (!stray.isEmpty()) {
            records.apply(stray);
        }
    }

    private void changed() {
        names = new DnsNames(List.copyOf(networks.values()), List.copyOf(members.values()));
    }

    /// What DNS answers, as of the last change.
    DnsNames names() {
        return names;
    }

    /// The networks that are made here.
    synchronized List<Network> networks() {
        return List.copyOf(networks.values());
    }

    /// Those and the ones that others describe; a name that is taken here means ours.
    List<Network> allNetworks() {
        var all = new TreeMap<String, Network>();
        described.list().forEach(network -> all.put(network.name(), network));
        networks().forEach(network -> all.put(network.name(), network));
        return List.copyOf(all.values());
    }

    Network network(String nameOrId) {
        synchronized (this) {
            var named = networks.get(nameOrId);
            if (named != null) {
                return named;
            }
        }
        var all = allNetworks();
        var named =
                all.stream().filter(network -> network.name().equals(nameOrId)).findFirst();
        if (named.isPresent()) {
            return named.get();
        }
        var found = all.stream()
                .filter(network -> !nameOrId.isEmpty() && network.id().startsWith(nameOrId))
                .toList();
        if (found.size() > 1) {
            throw new InvalidArgument("network id \"" + nameOrId + "\" is ambiguous: "
                    + found.stream().map(Network::name).toList());
        }
        return found.stream().findFirst().orElseThrow(() -> new NotFound("no such network: " + nameOrId));
    }

    /// @param made from the networks there are at that moment, so that two do not choose one subnet
    synchronized Network addNetwork(String name, Function<List<Network>, Network> made) {
        if (allNetworks().stream().anyMatch(network -> network.name().equals(name))) {
            throw new AlreadyExists("network with name " + name + " already exists");
        }
        var network = made.apply(networks());
        records.apply(List.of(new Change.Create(NETWORK, name, Documents.of(network))));
        networks.put(name, network);
        changed();
        return network;
    }

    /// Replaces what is known of a network that exists.
    synchronized Network changeNetwork(String name, UnaryOperator<Network> change) {
        var network = change.apply(network(name));
        records.apply(List.of(new Change.Put(NETWORK, name, Documents.of(network))));
        networks.put(name, network);
        changed();
        return network;
    }

    synchronized Network removeNetwork(String nameOrId) {
        var network = network(nameOrId);
        if (network.name().equals(Networks.DEFAULT)) {
            throw new FailedPrecondition("network \"" + network.name() + "\" exists always and is not removed");
        }
        if (!networks.containsKey(network.name())) {
            throw new FailedPrecondition(
                            "network \"" + network.name() + "\" is not ours to remove: a file describes it")
                    .remedy("remove the file; `network inspect` names it");
        }
        var users = members.values().stream()
                .filter(member -> member.to(network.id()).isPresent())
                .map(member -> member.spec().containerName().isEmpty()
                        ? member.id()
                        : member.spec().containerName())
                .toList();
        if (!users.isEmpty()) {
            throw new FailedPrecondition("network \"" + network.name() + "\" is in use by " + String.join(", ", users));
        }
        records.apply(List.of(new Change.Delete(NETWORK, network.name())));
        networks.remove(network.name());
        changed();
        return network;
    }

    synchronized List<Member> members() {
        return List.copyOf(members.values());
    }

    synchronized Member member(String id) {
        return find(id).orElseThrow(() -> new NotFound("network sandbox " + id));
    }

    synchronized Optional<Member> find(String id) {
        return Optional.ofNullable(members.get(id));
    }

    synchronized Member addMember(Member member) {
        if (members.containsKey(member.id())) {
            throw new AlreadyExists("network sandbox " + member.id());
        }
        records.apply(List.of(new Change.Create(SANDBOX, member.id(), Documents.of(member))));
        members.put(member.id(), member);
        changed();
        return member;
    }

    synchronized void rename(String id, String containerName) {
        keep(member(id).named(containerName), List.of());
    }

    /// Claims addresses for a new connection to one of our networks.
    ///
    /// @param port the name of the link that will be its other end
    synchronized Connection connect(String id, Network network, EndpointSpec spec, String port) {
        var member = unconnected(id, network);
        var endpoint = addresses.choose(network, spec, member.freeDevice());
        var resolvers =
                Stream.of(endpoint.gateway()).filter(text -> !text.isEmpty()).toList();
        var connection =
                new Connection(endpoint, new Origin.Port(port), network.spec().internal(), resolvers);
        var claims = Addresses.keys(endpoint).stream()
                .map(key -> (Change) new Change.Create(ADDRESS, key, id))
                .toList();
        keep(member.with(connection), claims);
        addresses.claim(endpoint, id);
        return connection;
    }

    private Member unconnected(String id, Network network) {
        var member = member(id);
        if (member.to(network.id()).isPresent()) {
            throw new AlreadyExists("sandbox " + id + " is connected to network \"" + network.name() + "\"");
        }
        return member;
    }

    /// Writes down that others are about to connect the sandbox.
    synchronized Connection expect(String id, Network network, EndpointSpec spec, String plan) {
        var member = unconnected(id, network);
        var endpoint = new Endpoint(
                network.name(), network.id(), member.freeDevice(), spec.mac(), "", "", "", "", spec.aliases());
        var connection = new Connection(
                endpoint, new Origin.Plan(plan, false), network.spec().internal(), List.of());
        keep(member.with(connection), List.of());
        return connection;
    }

    /// Writes down that they did.
    synchronized Connection made(String id, Connection expected, Connected connected) {
        var member = member(id);
        var asked = member.spec().dnsServers();
        var connection = new Connection(
                connected.endpoint(),
                new Origin.Plan(connected.plan(), true),
                expected.inward(),
                asked.isEmpty() ? connected.resolvers() : asked);
        keep(member.with(expected, connection), List.of());
        return connection;
    }

    synchronized void disconnect(String id, Connection connection) {
        keep(member(id).without(connection), released(connection));
        if (isAddressed(connection)) {
            addresses.release(connection.endpoint());
        }
    }

    /// Were the addresses chosen here?
    private static boolean isAddressed(Connection connection) {
        return connection.origin() instanceof Origin.Port;
    }

    private static List<Change> released(Connection connection) {
        return isAddressed(connection)
                ? Addresses.keys(connection.endpoint()).stream()
                        .map(key -> (Change) new Change.Delete(ADDRESS, key))
                        .toList()
                : List.of();
    }

    /// Claims one port; who has it already is named.
    synchronized void claimPort(String id, PortBinding binding) {
        var owner = ports.owner(binding);
        if (owner.isPresent()) {
            throw Ports.taken(
                    binding,
                    find(owner.get())
                            .map(member -> member.spec().containerName())
                            .filter(name -> !name.isEmpty())
                            .map(name -> "container " + name)
                            .orElse("container " + owner.get()));
        }
        ports.claim(binding, id);
    }

    /// A claim that did not come to be in force.
    synchronized void disclaimPort(PortBinding binding) {
        ports.release(binding);
    }

    /// Makes claimed ports durable.
    synchronized void addPorts(String id, List<PortBinding> bindings) {
        var member = member(id);
        var all = new LinkedHashSet<>(member.ports());
        all.addAll(bindings);
        var claims = bindings.stream()
                .map(binding -> (Change) new Change.Create(PORT, Ports.key(binding), id))
                .toList();
        keep(member.withPorts(List.copyOf(all)), claims);
    }

    /// Forgets the sandbox and all it claims.
    synchronized void removeMember(String id) {
        var member = members.get(id);
        if (member == null) {
            return;
        }
        var changes = new ArrayList<Change>();
        changes.add(new Change.Delete(SANDBOX, id));
        member.connections().forEach(connection -> changes.addAll(released(connection)));
        member.ports().forEach(port -> changes.add(new Change.Delete(PORT, Ports.key(port))));
        records.apply(changes);
        members.remove(id);
        member.connections().stream()
                .filter(Ledger::isAddressed)
                .forEach(connection -> addresses.release(connection.endpoint()));
        member.ports().forEach(ports::release);
        changed();
    }

    private void keep(Member member, List<Change> more) {
        var changes = new ArrayList<>(more);
        changes.add(new Change.Put(SANDBOX, member.id(), Documents.of(member)));
        records.apply(changes);
        members.put(member.id(), member);
        changed();
    }
}
