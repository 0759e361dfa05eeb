package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.networks.SandboxSpec;
import dev.coracle.engine.containers.NetworkOptions.Mode;
import dev.coracle.oci.RuntimeSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The network side of a container's run.
final class Networking {
    private static final String NETWORK = "network";

    private final EngineParts parts;
    private final Shelf shelf;
    private final Happenings happenings;

    Networking(EngineParts parts, Shelf shelf, Happenings happenings) {
        this.parts = parts;
        this.shelf = shelf;
        this.happenings = happenings;
    }

    /// Makes the sandbox and everything in it, or nothing.
    Optional<Sandbox> open(ContainerDoc doc) {
        if (!(doc.options().network().mode() instanceof Mode.Bridged)) {
            return Optional.empty();
        }
        var network = doc.options().network();
        var networks = parts.networks();
        // of a start that a killed daemon left half done
        networks.close(doc.key());
        var opened = false;
        try {
            networks.open(doc.key(), new SandboxSpec(doc.name(), doc.config().hostname(), network.dns(), sysctls(doc)));
            for (var endpoint : doc.networks()) {
                networks.connect(doc.key(), endpoint);
            }
            var ports = ports(doc);
            if (!ports.isEmpty()) {
                networks.publish(doc.key(), ports);
            }
            opened = true;
        } finally {
            if (!opened) {
                networks.close(doc.key());
            }
        }
        doc.networks().forEach(endpoint -> happenings.network(doc, endpoint.network(), "connect"));
        return Optional.of(networks.sandbox(doc.key()));
    }

    private static Map<String, String> sysctls(ContainerDoc doc) {
        var all = new HashMap<String, String>();
        doc.options().security().sysctls().forEach((key, value) -> {
            if (key.startsWith("net.")) {
                all.put(key, value);
            }
        });
        return all;
    }

    private static List<PortBinding> ports(ContainerDoc doc) {
        var network = doc.options().network();
        var all = new ArrayList<>(network.ports());
        if (network.publishAll()) {
            for (var exposed : doc.config().exposed()) {
                binding(exposed)
                        .filter(port -> all.stream().noneMatch(other -> isSame(port, other)))
                        .ifPresent(all::add);
            }
        }
        return all;
    }

    private static boolean isSame(PortBinding one, PortBinding other) {
        return one.containerPort() == other.containerPort() && one.protocol() == other.protocol();
    }

    private static Optional<PortBinding> binding(String exposed) {
        var slash = exposed.indexOf('/');
        var protocol = slash < 0 ? "tcp" : exposed.substring(slash + 1);
        var number = slash < 0 ? exposed : exposed.substring(0, slash);
        if (!number.matches("[0-9]{1,5}") || !List.of("tcp", "udp").contains(protocol)) {
            return Optional.empty();
        }
        var kind = protocol.equals("udp") ? PortBinding.Protocol.UDP : PortBinding.Protocol.TCP;
        return Optional.of(new PortBinding(kind, "", 0, Integer.parseInt(number)));
    }

    void close(ContainerDoc doc) {
        if (doc.options().network().mode() instanceof Mode.Bridged) {
            parts.networks().close(doc.key());
        }
    }

    /// By which address the container reaches this host; empty when it does not.
    String hostAddress(ContainerDoc doc) {
        return switch (doc.options().network().mode()) {
            case Mode.Bridged _ -> parts.networks().hostAddress();
            case Mode.Host _ -> "127.0.0.1";
            case Mode.None _, Mode.OfContainer _, Mode.AtPath _ -> "";
        };
    }

    /// Lines for the hosts file that name the containers it is linked to, by the networks that both are on.
    ///
    /// @throws FailedPrecondition when one of them does not run on any of these
    List<String> linked(ContainerDoc doc) {
        var lines = new ArrayList<String>();
        for (var link : doc.options().network().links()) {
            var colon = link.indexOf(':');
            var alias = link.substring(colon + 1);
            var other = linkTarget(doc, link.substring(0, colon), alias);
            var names = String.join(
                    " ", new LinkedHashSet<>(List.of(alias, other.config().hostname(), other.name())));
            endpoints(other).stream()
                    .filter(endpoint -> isOn(doc, endpoint.network()))
                    .flatMap(endpoint -> endpoint.addresses().stream())
                    .forEach(address -> lines.add(address + "\t" + names));
        }
        return List.copyOf(lines);
    }

    private ContainerDoc linkTarget(ContainerDoc doc, String name, String alias) {
        try {
            var other = shelf.find(doc.namespace(), name).doc();
            if (endpoints(other).stream().anyMatch(endpoint -> isOn(doc, endpoint.network()))) {
                return other;
            }
        } catch (NotFound _) {
            // said below
        }
        throw new FailedPrecondition(
                "cannot link to " + name + " as " + alias + ": no such container runs on a network of " + doc.name());
    }

    private static boolean isOn(ContainerDoc doc, String network) {
        return doc.networks().stream().anyMatch(mine -> mine.network().equals(network));
    }

    private List<Endpoint> endpoints(ContainerDoc doc) {
        try {
            return parts.networks().sandbox(doc.key()).endpoints();
        } catch (NotFound _) {
            return List.of();
        }
    }

    /// Puts the container into the namespaces that are only known now.
    RuntimeSpec join(RuntimeSpec spec, ContainerDoc doc, Optional<Path> sandbox) {
        sandbox.ifPresent(path -> spec.namespace(NETWORK, path.toString()));
        switch (doc.options().network().mode()) {
            case Mode.OfContainer(var other) -> spec.namespace(NETWORK, namespaceOf(doc, other, "net"));
            case Mode.AtPath(var path) -> spec.namespace(NETWORK, path);
            case Mode.Bridged _, Mode.Host _, Mode.None _ -> {}
        }
        var security = doc.options().security();
        share(spec, doc, security.pid(), "pid", "pid");
        share(spec, doc, security.ipc(), "ipc", "ipc");
        return spec;
    }

    private void share(RuntimeSpec spec, ContainerDoc doc, String mode, String type, String file) {
        if (mode.startsWith("container:")) {
            spec.namespace(type, namespaceOf(doc, mode.substring("container:".length()), file));
        }
    }

    private String namespaceOf(ContainerDoc doc, String other, String file) {
        var entry = shelf.find(doc.namespace(), other);
        try {
            var pid = parts.tasks().state(entry.key()).pid();
            if (entry.isRunning() && pid > 0) {
                return "/proc/" + pid + "/ns/" + file;
            }
        } catch (NotFound _) {
            // said below
        }
        throw new FailedPrecondition("cannot join the namespace of a non running container: " + other);
    }

    void connect(Entry entry, EndpointSpec wanted) {
        entry.lock().lock();
        try {
            var doc = entry.doc();
            if (!(doc.options().network().mode() instanceof Mode.Bridged)) {
                throw new FailedPrecondition(
                        "container " + doc.name() + " has no network of its own that could be connected");
            }
            var name = parts.networks().get(wanted.network()).name();
            var spec = new EndpointSpec(name, wanted.address(), wanted.address6(), wanted.mac(), wanted.aliases());
            if (doc.networks().stream().anyMatch(known -> known.network().equals(name))) {
                throw new FailedPrecondition("endpoint with name " + doc.name() + " already exists in network " + name);
            }
            if (entry.isRunning()) {
                parts.networks().connect(doc.key(), spec);
            }
            var all = new ArrayList<>(doc.networks());
            all.add(spec);
            shelf.keep(entry, doc.connected(all));
            happenings.network(doc, name, "connect");
        } finally {
            entry.lock().unlock();
        }
    }

    void disconnect(Entry entry, String network) {
        entry.lock().lock();
        try {
            var doc = entry.doc();
            var name = parts.networks().get(network).name();
            var left = doc.networks().stream()
                    .filter(known -> !known.network().equals(name))
                    .toList();
            if (left.size() == doc.networks().size()) {
                throw new NotFound("container " + doc.name() + " is not connected to network " + name);
            }
            if (entry.isRunning()) {
                parts.networks().disconnect(doc.key(), name);
            }
            shelf.keep(entry, doc.connected(left));
            happenings.network(doc, name, "disconnect");
        } finally {
            entry.lock().unlock();
        }
    }
}
