package dev.coracle.userns;

import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Ports that slirp4netns forwards, asked for over its API socket: one request per connection. It
/// keeps clients' addresses.
public final class Slirp4netnsPorts extends ProgramPorts {
    private final Path socket;
    // the numbers slirp4netns has for them: a new slirp4netns counts anew
    private final Map<Integer, Integer> real = new HashMap<>();

    /// @param childIp the address of the namespace
    public Slirp4netnsPorts(Path socket, String childIp) {
        super("slirp4netns", childIp, Optional.empty());
        this.socket = socket;
    }

    @Override
    void forward(int id, PortSpec spec, String guest) throws IOException {
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
        real.put(id, (int) number);
    }

    @Override
    void end(int id, PortSpec spec) throws IOException {
        var _ = ask("remove_hostfwd", "\"id\":" + real.get(id));
        real.remove(id);
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
}
