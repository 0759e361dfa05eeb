package dev.coracle.engine.networks;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.Networks;
import dev.coracle.engine.events.EngineEvent;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.filters.PruneFilter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Networks of the driver, together with `host` and `none`.
public final class StoredNetworks implements UserNetworks {
    private static final List<String> ALWAYS = List.of("host", "none");

    private final Networks networks;
    private final Function<String, List<String>> owners;
    private final EngineEvents events;
    private final InstantSource clock;

    /// @param owners id and name of the container that has a sandbox; empty when there is none
    public StoredNetworks(
            Networks networks, Function<String, List<String>> owners, EngineEvents events, InstantSource clock) {
        this.networks = networks;
        this.owners = owners;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public Network create(NetworkSpec spec) {
        var made = networks.create(spec);
        tell(made, "create");
        return made;
    }

    private void tell(Network network, String action) {
        events.publish(new EngineEvent(
                "network",
                action,
                network.id(),
                Map.of("name", network.name(), "type", network.spec().driver()),
                clock.instant()));
    }

    @Override
    public NetworkView get(String nameOrId) {
        if (ALWAYS.contains(nameOrId)) {
            return always(nameOrId);
        }
        return view(networks.get(nameOrId));
    }

    private static NetworkView always(String name) {
        var spec =
                new NetworkSpec(name, name.equals("none") ? "null" : name, List.of(), false, false, Map.of(), Map.of());
        return new NetworkView(new Network("", spec, "", Instant.EPOCH), List.of());
    }

    private NetworkView view(Network network) {
        var members = new ArrayList<NetworkView.Member>();
        for (var sandbox : networks.sandboxes()) {
            var owner = owners.apply(sandbox.id());
            sandbox.endpoints().stream()
                    .filter(endpoint -> endpoint.networkId().equals(network.id()))
                    .forEach(endpoint -> members.add(
                            owner.isEmpty()
                                    ? new NetworkView.Member(sandbox.id(), sandbox.id(), endpoint)
                                    : new NetworkView.Member(owner.getFirst(), owner.getLast(), endpoint)));
        }
        return new NetworkView(network, members);
    }

    @Override
    public List<NetworkView> list() {
        var all = new ArrayList<>(networks.list().stream().map(this::view).toList());
        ALWAYS.forEach(name -> all.add(always(name)));
        return all;
    }

    @Override
    public String remove(String nameOrId) {
        if (ALWAYS.contains(nameOrId)) {
            throw new FailedPrecondition(nameOrId + " is a pre-defined network and cannot be removed");
        }
        var network = networks.get(nameOrId);
        networks.remove(network.id());
        tell(network, "destroy");
        return network.name();
    }

    @Override
    public List<String> prune(PruneFilter filter) {
        var names = new ArrayList<String>();
        for (var network : networks.list()) {
            if (!network.name().equals(Networks.DEFAULT)
                    && filter.matches(network.createdAt(), network.spec().labels())
                    && view(network).members().isEmpty()) {
                try {
                    names.add(remove(network.id()));
                } catch (EngineException.FailedPrecondition | EngineException.NotFound usedOrGone) {
                    // somebody was faster
                }
            }
        }
        return names;
    }
}
