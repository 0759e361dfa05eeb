package dev.coracle.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A server that answers with what it reads, and ends its side when the client has ended its own.
final class Echo implements AutoCloseable {
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Echo(InetAddress address) throws IOException {
        server = new ServerSocket(0, 1000, address);
        Thread.ofPlatform().daemon().start(this::serve);
    }

    static Echo open() throws IOException {
        return new Echo(InetAddress.ofLiteral("127.0.0.1"));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    private void serve() {
        try {
            while (true) {
                var socket = server.accept();
                open.add(socket);
                Thread.startVirtualThread(() -> echo(socket));
            }
        } catch (SocketException closed) {
            // the test is over
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
            socket.shutdownOutput();
        } catch (IOException reset) {
            // some tests cut their connections
        } finally {
            open.remove(socket);
        }
    }

    int connections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : open) {
            socket.close();
        }
    }
}
