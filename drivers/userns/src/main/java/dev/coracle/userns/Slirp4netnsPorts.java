package dev.coracle.userns;

import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Ports that slirp4netns itself forwards, over its API socket: one request per connection. It keeps clients' addresses
/// and knows IPv4 only.
public final class Slirp4netnsPorts implements PortDriver {
    private final Path socket;
    private final String childIp;
    private final Map<Integer, PortSpec> ports = new TreeMap<>();
    // the numbers slirp4netns has for them: a new slirp4netns counts anew
    private final Map<Integer, Integer> real = new TreeMap<>();
    private int lastId;

    /// @param childIp the address of the namespace
    public Slirp4netnsPorts(Path socket, String childIp) {
        this.socket = socket;
        this.childIp = childIp;
    }

    @Override
    public String name() {
        return "slirp4netns";
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
        var number = forward(spec);
        var id = Math.max(number, lastId + 1);
        lastId = id;
        ports.put(id, spec);
        real.put(id, number);
        return new Published(id, spec, Optional.empty());
    }

    private int forward(PortSpec spec) throws IOException {
        var guest = spec.childIp().isEmpty() ? childIp : spec.childIp();
        if (PortSpec.find(guest).orElseThrow().isLoopbackAddress()) {
            throw new UsernsException(
                    "invalid ChildIP: \"" + guest + "\": slirp4netns does not reach loopback addresses");
        }
        var words = new ArrayList<>(List.of("\"proto\":" + Json.quoted(spec.isTcp() ? "tcp" : "udp")));
        if (!spec.parentIp().isEmpty()) {
            words.add("\"host_addr\":" + Json.quoted(spec.parentIp()));
        }
        words.add("\"host_port\":" + spec.parentPort());
        words.add("\"guest_addr\":" + Json.quoted(guest));
        words.add("\"guest_port\":" + spec.childPort());
        var answer = ask("add_hostfwd", String.join(",", words));
        if (!(answer.field("id").orElse(new Json.Nothing()) instanceof Json.Numeral(var number))) {
            throw new UsernsException("forward a port by slirp4netns: unexpected answer");
        }
        return (int) number;
    }

    @Override
    public synchronized List<Published> list() {
        return ports.entrySet().stream()
                .map(port -> new Published(port.getKey(), port.getValue(), Optional.empty()))
                .toList();
    }

    @Override
    public synchronized void remove(int id) throws IOException {
        if (!ports.containsKey(id)) {
            throw new UsernsException("unknown id: " + id);
        }
        var _ = ask("remove_hostfwd", "\"id\":" + real.get(id));
        ports.remove(id);
        real.remove(id);
    }

    /// slirp4netns is a new one: what the old one forwarded is asked for again.
    public synchronized void again() throws IOException {
        for (var port : Map.copyOf(ports).entrySet()) {
            real.put(port.getKey(), forward(port.getValue()));
        }
    }

    private Json ask(String what, String arguments) throws IOException {
        var request = "{\"execute\":\"" + what + "\",\"arguments\":{" + arguments + "}}";
        try (var connection = UnixSocket.connect(socket, UnixSocket.Type.STREAM)) {
            connection.write(request.getBytes(StandardCharsets.UTF_8));
            UnixSocket.shutdownWrite(connection);
            var answer = Json.parse(new String(connection.input().readAllBytes(), StandardCharsets.UTF_8));
            var error = answer.field("error");
            if (error.isPresent()) {
                var text = error.get().field("desc").orElse(error.get());
                throw new UsernsException("forward a port by slirp4netns: "
                        + (text instanceof Json.Text(var reason) ? reason : "it refuses " + request));
            }
            return answer.field("return").orElse(new Json.Nothing());
        } catch (IllegalArgumentException wrong) {
            throw new UsernsException("forward a port by slirp4netns: " + wrong.getMessage(), null, wrong);
        }
    }

    /// They end with slirp4netns.
    @Override
    public void close() {}
}
