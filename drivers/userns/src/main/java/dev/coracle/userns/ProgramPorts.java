package dev.coracle.userns;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Ports that the program of a network driver forwards by itself: it knows IPv4 only, does not
/// reach the loopback inside, and forgets all ports when it ends. Which there are is remembered
/// here, so that the next one can be told. Numbers are never given twice.
abstract class ProgramPorts implements PortDriver {
    private final String name;
    private final String childIp;
    private final Optional<String> note;
    private final Map<Integer, PortSpec> ports = new TreeMap<>();
    private int lastId;

    /// @param childIp the address of the namespace
    /// @param note what is said of every port
    ProgramPorts(String name, String childIp, Optional<String> note) {
        this.name = name;
        this.childIp = childIp;
        this.note = note;
    }

    /// Has the program forward a port to an address inside.
    ///
    /// @param id the number that the port gets here if this succeeds, or has already
    abstract void forward(int id, PortSpec spec, String guest) throws IOException;

    /// Has the program end it.
    abstract void end(int id, PortSpec spec) throws IOException;

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<String> protocols() {
        return List.of("tcp", "tcp4", "udp", "udp4");
    }

    @Override
    public final boolean disallowsLoopbackChild() {
        return true;
    }

    @Override
    public final synchronized Published add(PortSpec spec) throws IOException {
        spec.validated();
        if (!protocols().contains(spec.protocol())) {
            throw new UsernsException("unsupported port protocol " + spec.protocol());
        }
        for (var port : ports.entrySet()) {
            if (port.getValue().conflictsWith(spec)) {
                throw new UsernsException("conflict with ID " + port.getKey());
            }
        }
        var id = lastId + 1;
        forward(id, spec, guest(spec));
        lastId = id;
        ports.put(id, spec);
        return published(id, spec);
    }

    private String guest(PortSpec spec) throws UsernsException {
        var guest = spec.childIp().isEmpty() ? childIp : spec.childIp();
        if (PortSpec.find(guest).orElseThrow().isLoopbackAddress()) {
            throw new UsernsException(
                    "invalid ChildIP: \"" + guest + "\": " + name + " does not reach loopback addresses");
        }
        return guest;
    }

    private Published published(int id, PortSpec spec) {
        return new Published(id, spec, note);
    }

    @Override
    public final synchronized List<Published> list() {
        return ports.entrySet().stream()
                .map(port -> published(port.getKey(), port.getValue()))
                .toList();
    }

    @Override
    public final synchronized void remove(int id) throws IOException {
        var spec = ports.get(id);
        if (spec == null) {
            throw new UsernsException("unknown id: " + id);
        }
        end(id, spec);
        ports.remove(id);
    }

    /// The program is a new one: what the old one forwarded is asked for again.
    public final synchronized void again() throws IOException {
        for (var port : Map.copyOf(ports).entrySet()) {
            forward(port.getKey(), port.getValue(), guest(port.getValue()));
        }
    }

    /// They end with the program.
    @Override
    public final void close() {}
}
