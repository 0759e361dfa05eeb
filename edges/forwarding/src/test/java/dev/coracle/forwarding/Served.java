package dev.coracle.forwarding;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.Polling;
import dev.coracle.linux.Self;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A server in a folder, and clients of it whose streams are pipes.
final class Served implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    private final ForwardingServer server;
    private final Path socket;

    private Served(ForwardingServer server, Path socket) {
        this.server = server;
        this.socket = socket;
    }

    static Served in(Path folder, ForwardedProgram program) throws IOException {
        return in(folder, program, new ForwardingServer.Options("1.0", Self.effectiveUid(), LONG, 200));
    }

    static Served in(Path folder, ForwardedProgram program, ForwardingServer.Options options) throws IOException {
        var socket = folder.resolve("coracle.sock");
        return new Served(ForwardingServer.open(socket, Map.of("it", program), options), socket);
    }

    Path socket() {
        return socket;
    }

    ForwardingServer server() {
        return server;
    }

    /// A client with pipes for streams.
    static final class Client implements AutoCloseable {
        private final ForwardingClient connection;
        private final Pipe in;
        private final Pipe out;
        private final Pipe err;

        private Client(ForwardingClient connection) throws ErrnoException {
            this.connection = connection;
            in = Pipe.open();
            out = Pipe.open();
            err = Pipe.open();
        }

        Client call(String... arguments) throws ErrnoException {
            return call(in.reader(), arguments);
        }

        Client call(Fd input, String... arguments) throws ErrnoException {
            var request = new Request("1.0", "it", List.of(arguments), Path.of("/"), Map.of("A", "b"));
            connection.request(request, List.of(input, out.writer(), err.writer()));
            return this;
        }

        ForwardingClient connection() {
            return connection;
        }

        Pipe in() {
            return in;
        }

        Pipe out() {
            return out;
        }

        /// Waits for the next answer that is not about signals.
        Answer answer() throws ErrnoException {
            while (true) {
                if (!Polling.awaitReadable(connection.socket(), LONG)) {
                    throw new AssertionError("no answer");
                }
                for (var answer : connection.answers()) {
                    if (!(answer instanceof Answer.Watch)) {
                        return answer;
                    }
                }
            }
        }

        /// Everything on the output, once the server has ended with it.
        String output() throws IOException {
            out.writer().close();
            err.writer().close();
            return new String(out.reader().input().readAllBytes(), UTF_8);
        }

        String errors() throws IOException {
            err.writer().close();
            return new String(err.reader().input().readAllBytes(), UTF_8);
        }

        @Override
        public void close() {
            connection.close();
            in.close();
            out.close();
            err.close();
        }
    }

    Client client() throws ErrnoException {
        return new Client(ForwardingClient.connect(socket));
    }

    @Override
    public void close() {
        server.close();
    }
}
