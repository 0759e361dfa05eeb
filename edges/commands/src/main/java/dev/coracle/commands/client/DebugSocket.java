package dev.coracle.commands.client;

import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Asks a Go program's profiler, which listens on a unix socket. HTTP/1.0 is enough for that: one
/// question, and the answer ends with the connection.
public record DebugSocket(Path socket) {
    private static final int LONGEST_LINE = 8 << 10;

    /// Writes the answer's body to the output.
    ///
    /// @throws Unavailable when nobody listens
    /// @throws Unknown when the answer is another than 200
    public void get(String path, OutputStream output) throws IOException {
        try (var channel = connect()) {
            var request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
            Channels.newOutputStream(channel).write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new BufferedInputStream(Channels.newInputStream(channel));
            var status = line(answer).replaceFirst("^HTTP/\\S+ ", "");
            while (!line(answer).isEmpty()) {
                // headers
            }
            if (!status.startsWith("200")) {
                throw new Unknown("http get failed with status: " + status);
            }
            answer.transferTo(output);
        }
    }

    private SocketChannel connect() {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new Unavailable("connect to the profiler at " + socket + ": " + e.getMessage(), e)
                    .remedy("name the socket of a Go daemon's debug server; ours has none: use jcmd on its process");
        }
    }

    private static String line(InputStream answer) throws IOException {
        var line = new StringBuilder();
        for (var letter = answer.read(); letter >= 0 && letter != '\n'; letter = answer.read()) {
            if (line.length() > LONGEST_LINE) {
                throw new IOException("the profiler's answer is no HTTP");
            }
            line.append((char) letter);
        }
        return line.toString().stripTrailing();
    }
}
