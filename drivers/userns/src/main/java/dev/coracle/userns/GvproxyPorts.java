package dev.coracle.userns;

import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Ports that gvproxy itself forwards, over its services socket: one request of HTTP per connection. Servers inside see
/// the gateway as their client, and it knows IPv4 only.
public final class GvproxyPorts implements PortDriver {
    private static final String NOTE =
            "clients' addresses are not kept: gvisor-tap-vsock connects to servers from its gateway";

    private final Path socket;
    private final String childIp;
    private final Map<Integer, PortSpec> ports = new TreeMap<>();
    private int lastId;

    /// @param childIp the address of the namespace
    public GvproxyPorts(Path socket, String childIp) {
        this.socket = socket;
        this.childIp = childIp;
    }

    @Override
    public String name() {
        return "gvisor-tap-vsock";
    }

    @Override
    public List<String> protocols() {
        return List.of("tcp", "tcp4", "udp", "udp4");
    }

    @Override
    public boolean disallowsLoopbackChild() {
        return true;
    }

    @Override
    public synchronized Published add(PortSpec spec) throws IOException {
        spec.validated();
        if (!protocols().contains(spec.protocol())) {
            throw new UsernsException("unsupported port protocol " + spec.protocol());
        }
        for (var port : ports.entrySet()) {
            if (port.getValue().conflictsWith(spec)) {
                throw new UsernsException("conflict with ID " + port.getKey());
            }
        }
        expose(spec);
        lastId++;
        ports.put(lastId, spec);
        return new Published(lastId, spec, Optional.of(NOTE));
    }

    private void expose(PortSpec spec) throws IOException {
        var guest = spec.childIp().isEmpty() ? childIp : spec.childIp();
        if (PortSpec.find(guest).orElseThrow().isLoopbackAddress()) {
            throw new UsernsException(
                    "invalid ChildIP: \"" + guest + "\": gvisor-tap-vsock does not reach loopback addresses");
        }
        ask("expose", local(spec) + ",\"remote\":" + Json.quoted(guest + ":" + spec.childPort()));
    }

    private static String local(PortSpec spec) {
        var parent = spec.parentIp().isEmpty() ? "0.0.0.0" : spec.parentIp();
        return "\"local\":" + Json.quoted(parent + ":" + spec.parentPort()) + ",\"protocol\":"
                + Json.quoted(spec.isTcp() ? "tcp" : "udp");
    }

    @Override
    public synchronized List<Published> list() {
        return ports.entrySet().stream()
                .map(port -> new Published(port.getKey(), port.getValue(), Optional.of(NOTE)))
                .toList();
    }

    @Override
    public synchronized void remove(int id) throws IOException {
        var spec = ports.get(id);
        if (spec == null) {
            throw new UsernsException("unknown id: " + id);
        }
        ask("unexpose", local(spec));
        ports.remove(id);
    }

    /// gvproxy is a new one: what the old one forwarded is asked for again.
    public synchronized void again() throws IOException {
        for (var spec : List.copyOf(ports.values())) {
            expose(spec);
        }
    }

    private void ask(String what, String fields) throws IOException {
        var body = "{" + fields + "}";
        var request = "POST /services/forwarder/" + what
                + " HTTP/1.0\r\nHost: gvproxy\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        try (var connection = UnixSocket.connect(socket, UnixSocket.Type.STREAM)) {
            connection.write(request.getBytes(StandardCharsets.UTF_8));
            var answer = new String(connection.input().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.") || !answer.startsWith(" 200 ", 8)) {
                var end = answer.indexOf("\r\n\r\n");
                throw new UsernsException("forward a port by gvisor-tap-vsock: "
                        + (end < 0
                                ? "unexpected answer"
                                : answer.substring(end + 4).strip()));
            }
        }
    }

    /// They end with gvproxy.
    @Override
    public void close() {}
}
