package dev.coracle.network;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Asks name servers outside, one after the other, in the network namespace of this process.
final class Resolver {
    private static final int PORT = 53;
    private static final int LARGEST = 65_535;
    private static final int MOST_SERVERS = 3;

    private final Duration patience;
    private final int port;

    /// @param patience with one server
    Resolver(Duration patience) {
        this(patience, PORT);
    }

    Resolver(Duration patience, int port) {
        this.patience = patience;
        this.port = port;
    }

    /// The first answer, as it came; nothing when no server answers.
    Optional<byte[]> ask(DnsQuery query, List<InetAddress> servers, boolean datagram) {
        for (var server : servers.subList(0, Math.min(servers.size(), MOST_SERVERS))) {
            try {
                var to = new InetSocketAddress(server, port);
                return Optional.of(datagram ? byDatagram(query, to) : byStream(query, to));
            } catch (IOException e) {
                // the next one may answer; when none does, the client is told so
                System.getLogger(Resolver.class.getName())
                        .log(System.Logger.Level.DEBUG, () -> "name server " + server.getHostAddress() + ": " + e);
            }
        }
        return Optional.empty();
    }

    /// A socket per question: its port is a second secret beside the number of the question.
    private byte[] byDatagram(DnsQuery query, InetSocketAddress server) throws IOException {
        var end = System.nanoTime() + patience.toNanos();
        try (var socket = new DatagramSocket()) {
            socket.connect(server);
            var message = query.message();
            socket.send(new DatagramPacket(message, message.length));
            var packet = new DatagramPacket(new byte[LARGEST], LARGEST);
            while (true) {
                var left = (end - System.nanoTime()) / 1_000_000;
                socket.setSoTimeout((int) Math.max(1, left));
                packet.setLength(LARGEST);
                socket.receive(packet);
                var answer = Arrays.copyOf(packet.getData(), packet.getLength());
                if (query.isAnsweredBy(answer)) {
                    return answer;
                }
            }
        }
    }

    private byte[] byStream(DnsQuery query, InetSocketAddress server) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(server, (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            var message = query.message();
            var framed = new byte[message.length + 2];
            framed[0] = (byte) (message.length >> 8);
            framed[1] = (byte) message.length;
            System.arraycopy(message, 0, framed, 2, message.length);
            socket.getOutputStream().write(framed);
            var in = new DataInputStream(socket.getInputStream());
            var answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            if (!query.isAnsweredBy(answer)) {
                throw new IOException("an answer to another question");
            }
            return answer;
        }
    }
}
