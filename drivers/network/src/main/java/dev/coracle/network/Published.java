package dev.coracle.network;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.network.Forwarding.Port;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The published ports of all sandboxes: claimed in the ledger, then listened on, then durable.
final class Published implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Published.class.getName());
    /// How often a port chosen for one address is tried to be had on the other as well.
    private static final int TRIES = 16;

    private final Ledger ledger;
    private final Forwarding forwarding;
    private final Map<String, List<Port>> open = new ConcurrentHashMap<>();

    Published(Ledger ledger, Forwarding forwarding) {
        this.ledger = ledger;
        this.forwarding = forwarding;
    }

    /// Publishes all, or none. The caller holds the sandbox.
    List<PortBinding> add(Member member, List<PortBinding> wanted) throws IOException, InterruptedException {
        if (wanted.isEmpty()) {
            return List.of();
        }
        var main = member.main()
                .orElseThrow(() -> new FailedPrecondition(
                        "publish ports of " + member.id() + ": it is connected to no network that has a way out"));
        var made = new ArrayList<Port>();
        try {
            for (var binding : wanted) {
                made.addAll(one(member.id(), binding, main.endpoint()));
            }
            var bindings = made.stream().map(Port::binding).toList();
            ledger.addPorts(member.id(), bindings);
            open.merge(member.id(), List.copyOf(made), Published::joined);
            return bindings;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            made.forEach(port -> {
                end(port);
                ledger.disclaimPort(port.binding());
            });
            throw failure;
        }
    }

    private static List<Port> joined(List<Port> before, List<Port> more) {
        var all = new ArrayList<>(before);
        all.addAll(more);
        return List.copyOf(all);
    }

    private List<Port> one(String id, PortBinding wanted, Endpoint endpoint) throws IOException, InterruptedException {
        for (var port = wanted.hostPort(); port < wanted.lastHostPort(); port++) {
            try {
                return exactly(id, at(wanted, wanted.hostAddress(), port), endpoint);
            } catch (Conflict taken) {
                LOGGER.log(System.Logger.Level.DEBUG, "port {0} of a range is taken", port);
            }
        }
        try {
            return exactly(id, at(wanted, wanted.hostAddress(), wanted.lastHostPort()), endpoint);
        } catch (Conflict taken) {
            throw wanted.isRange() ? Ports.allTaken(wanted, taken) : taken;
        }
    }

    /// One port, of one address or of all.
    private List<Port> exactly(String id, PortBinding wanted, Endpoint endpoint)
            throws IOException, InterruptedException {
        if (!wanted.hostAddress().isEmpty()) {
            return List.of(open(id, wanted, endpoint));
        }
        for (var tries = 1; ; tries++) {
            var first = open(id, at(wanted, "0.0.0.0", wanted.hostPort()), endpoint);
            if (!forwarding.hasFamily(true)) {
                return List.of(first);
            }
            try {
                return List.of(first, open(id, at(wanted, "::", first.binding().hostPort()), endpoint));
            } catch (Conflict taken) {
                end(first);
                ledger.disclaimPort(first.binding());
                if (wanted.hostPort() != 0 || tries == TRIES) {
                    throw taken;
                }
            } catch (IOException | InterruptedException | RuntimeException failure) {
                end(first);
                ledger.disclaimPort(first.binding());
                throw failure;
            }
        }
    }

    private static PortBinding at(PortBinding binding, String address, int port) {
        return new PortBinding(binding.protocol(), address, port, binding.containerPort());
    }

    private Port open(String id, PortBinding binding, Endpoint endpoint) throws IOException, InterruptedException {
        if (binding.hostPort() == 0) {
            var port = forwarding.open(binding, target(binding, endpoint));
            try {
                ledger.claimPort(id, port.binding());
                return port;
            } catch (EngineException taken) {
                end(port);
                throw taken;
            }
        }
        ledger.claimPort(id, binding);
        try {
            return forwarding.open(binding, target(binding, endpoint));
        } catch (IOException | InterruptedException | RuntimeException failure) {
            ledger.disclaimPort(binding);
            throw failure;
        }
    }

    /// An address of the client's family when there is one: then the client's address can be kept.
    private static InetAddress target(PortBinding binding, Endpoint endpoint) {
        var six = binding.hostAddress().contains(":");
        var preferred = six ? endpoint.address6() : endpoint.address();
        var other = six ? endpoint.address() : endpoint.address6();
        return Addresses.bare(preferred.isEmpty() ? other : preferred);
    }

    /// Leads the sandbox's ports to where its main connection is now; without one they are closed,
    /// and stay its own.
    void redirect(Member member) {
        close(member.id());
        var main = member.main();
        if (main.isEmpty() || member.ports().isEmpty()) {
            return;
        }
        var made = new ArrayList<Port>();
        for (var binding : member.ports()) {
            try {
                made.add(forwarding.open(binding, target(binding, main.get().endpoint())));
            } catch (IOException | RuntimeException failure) {
                LOGGER.log(
                        System.Logger.Level.ERROR,
                        "port " + Ports.written(binding) + " of " + member.id() + " is not forwarded any more",
                        failure);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        open.put(member.id(), List.copyOf(made));
    }

    /// Stops forwarding; what the ledger knows is its own business.
    void close(String id) {
        var ports = open.remove(id);
        if (ports != null) {
            ports.forEach(Published::end);
        }
    }

    private static void letGo(Port port) {
        try {
            port.letGo();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "end of port " + Ports.written(port.binding()), e);
        }
    }

    private static void end(Port port) {
        try {
            port.close();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "end of port " + Ports.written(port.binding()), e);
        }
    }

    @Override
    public void close() {
        open.values().forEach(ports -> ports.forEach(Published::letGo));
        open.clear();
        forwarding.close();
    }
}
