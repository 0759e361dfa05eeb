package dev.coracle.integration.rootlesskit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/// Runs as the command: answers what comes to TCP port 80 and to the UDP ports 53 and, on 127.0.0.1 only, 54 with the
/// same; `who` with the client's address.
final class EchoInside {
    private static final byte[] WHO = "who".getBytes(UTF_8);

    private EchoInside() {}

    public static void main(String[] words) throws IOException {
        // of both families
        var tcp = new ServerSocket(80, 1000);
        var udp = new DatagramSocket(53, InetAddress.ofLiteral("0.0.0.0"));
        var local = new DatagramSocket(54, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofPlatform().start(() -> accept(tcp));
        Thread.ofPlatform().start(() -> answer(local));
        System.out.println("serving");
        answer(udp);
    }

    private static void answer(DatagramSocket socket) {
        try {
            while (true) {
                var packet = new DatagramPacket(new byte[70_000], 70_000);
                socket.receive(packet);
                if (Arrays.equals(Arrays.copyOf(packet.getData(), packet.getLength()), WHO)) {
                    packet.setData((packet.getAddress().getHostAddress() + " " + packet.getPort()).getBytes(UTF_8));
                }
                socket.send(packet);
            }
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static void accept(ServerSocket server) {
        try {
            while (true) {
                var socket = server.accept();
                Thread.startVirtualThread(() -> answer(socket));
            }
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            var buffer = new byte[1 << 16];
            for (int read; (read = socket.getInputStream().read(buffer)) >= 0; ) {
                var said = Arrays.copyOf(buffer, read);
                var answer = Arrays.equals(said, WHO)
                        ? socket.getInetAddress().getHostAddress().getBytes(UTF_8)
                        : said;
                socket.getOutputStream().write(answer);
            }
            socket.shutdownOutput();
        } catch (IOException reset) {
            // some clients are cut off
        }
    }
}
