package dev.coracle.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/// `ServerMain PORT`: serves on every address. A connection's first byte says what: `E` is sent
/// back, after `D` bytes come without end, after `U` they are swallowed. An echo costs as little
/// as it can, since what is measured is the way there.
public final class ServerMain {
    private static final int CHUNK = 1 << 17;

    private ServerMain() {}

    public static void main(String[] arguments) throws IOException {
        try (var server = new ServerSocket(Integer.parseInt(arguments[0]), 1000)) {
            System.out.println("serving");
            while (true) {
                var socket = server.accept();
                try {
                    serve(socket, socket.getInputStream().read());
                } catch (IOException e) {
                    // Gone again, or the client has measured enough.
                    socket.close();
                }
            }
        }
    }

    private static void serve(Socket socket, int what) throws IOException {
        if (what == 'E') {
            socket.getOutputStream().write('E');
            socket.close();
        } else {
            Thread.ofPlatform().daemon().start(() -> stream(socket, what));
        }
    }

    private static void stream(Socket socket, int what) {
        try (socket) {
            var buffer = new byte[CHUNK];
            switch (what) {
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
