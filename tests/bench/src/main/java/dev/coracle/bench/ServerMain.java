package dev.coracle.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/// `ServerMain PORT`: serves on every address. A connection's first byte says what: `E` is sent back, after `D`
/// bytes come without end, after `U` they are swallowed.
public final class ServerMain {
    private static final int CHUNK = 1 << 17;

    private ServerMain() {}

    public static void main(String[] arguments) throws IOException {
        try (var server = new ServerSocket(Integer.parseInt(arguments[0]), 1000)) {
            System.out.println("serving");
            while (true) {
                var socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            var buffer = new byte[CHUNK];
            switch (socket.getInputStream().read()) {
                case 'E' -> socket.getOutputStream().write('E');
                case 'D' -> {
                    while (true) {
                        socket.getOutputStream().write(buffer);
                    }
                }
                case 'U' -> {
                    while (socket.getInputStream().read(buffer) >= 0) {
                        // swallowed
                    }
                }
                default -> throw new IOException("not asked for anything known");
            }
        } catch (IOException e) {
            // The client has measured enough.
        }
    }
}
