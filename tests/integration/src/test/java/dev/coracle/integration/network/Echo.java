package dev.coracle.integration.network;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Tells everyone, by TCP and UDP on one port, the address they come from.
final class Echo implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    /// For what must not be answered: long enough for an answer that would come, and each test waits for it.
    private static final int NO_ANSWER_MILLIS = 1_500;

    private final ServerSocket streams;
    private final DatagramSocket datagrams;

    private Echo(ServerSocket streams, DatagramSocket datagrams) {
        this.streams = streams;
        this.datagrams = datagrams;
    }

    /// The sockets, in the network namespace of the calling thread; nobody serves them yet.
    static Echo bind(InetAddress address, int port) throws IOException {
        var streams = new ServerSocket();
        streams.bind(new InetSocketAddress(address, port));
        var datagrams = new DatagramSocket(new InetSocketAddress(address, streams.getLocalPort()));
        return new Echo(streams, datagrams);
    }

    /// Called on a thread of the test's own namespace: threads are started here.
    Echo serve() {
        Thread.ofPlatform().daemon().name("echo streams").start(() -> {
            // a client's end is its own business, and told on its side
            for (var ended = false; !ended; ) {
                try (var client = streams.accept()) {
                    client.getOutputStream()
                            .write(client.getInetAddress().getHostAddress().getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    ended = streams.isClosed();
                }
            }
        });
        Thread.ofPlatform().daemon().name("echo datagrams").start(() -> {
            var packet = new DatagramPacket(new byte[100], 100);
            for (var ended = false; !ended; ) {
                try {
                    datagrams.receive(packet);
                    var text = packet.getAddress().getHostAddress().getBytes(StandardCharsets.US_ASCII);
                    datagrams.send(new DatagramPacket(text, text.length, packet.getSocketAddress()));
                } catch (IOException e) {
                    ended = datagrams.isClosed();
                }
            }
        });
        return this;
    }

    int port() {
        return streams.getLocalPort();
    }

    /// What the server at an address says, asked from the calling thread's namespace.
    static String tcp(InetAddress address, int port) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    static String udp(InetAddress address, int port) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(address, port));
            socket.send(new DatagramPacket(new byte[1], 1));
            var packet = new DatagramPacket(new byte[100], 100);
            socket.receive(packet);
            return new String(Arrays.copyOf(packet.getData(), packet.getLength()), StandardCharsets.US_ASCII);
        }
    }

    static boolean answers(InetAddress address, int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), NO_ANSWER_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        streams.close();
        datagrams.close();
    }
}
