package dev.coracle.userns;

import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Ports that gvproxy forwards, asked for over its services socket: one request of HTTP per
/// connection. Servers inside see the gateway as their client.
public final class GvproxyPorts extends ProgramPorts {
    private static final String NOTE =
            "clients' addresses are not kept: gvisor-tap-vsock connects to servers from its gateway";

    private final Path socket;

    /// @param childIp the address of the namespace
    public GvproxyPorts(Path socket, String childIp) {
        super("gvisor-tap-vsock", childIp, Optional.of(NOTE));
        this.socket = socket;
    }

    @Override
    void forward(int id, PortSpec spec, String guest) throws IOException {
        ask("expose", local(spec) + ",\"remote\":" + Json.quoted(guest + ":" + spec.childPort()));
    }

    @Override
    void end(int id, PortSpec spec) throws IOException {
        ask("unexpose", local(spec));
    }

    private static String local(PortSpec spec) {
        var parent = spec.parentIp().isEmpty() ? "0.0.0.0" : spec.parentIp();
        return "\"local\":" + Json.quoted(parent + ":" + spec.parentPort()) + ",\"protocol\":"
                + Json.quoted(spec.isTcp() ? "tcp" : "udp");
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
}
