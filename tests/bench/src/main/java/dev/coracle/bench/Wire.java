package dev.coracle.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A client of the server of [ServerMain], at a port of the host.
record Wire(int port) {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int CHUNK = 1 << 17;

    /// To a port that nobody has yet.
    static Wire toFreePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return new Wire(free.getLocalPort());
        }
    }

    /// Waits until the server answers.
    void awaitServer() throws IOException, InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            try {
                roundTrips(1);
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    private Socket connect(char what) throws IOException {
        var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(what);
        return socket;
    }

    /// Connect, send a byte, read it back, again and again: in microseconds, sorted.
    double[] roundTrips(int count) throws IOException {
        var times = new double[count];
        for (int i = 0; i < count; i++) {
            var before = System.nanoTime();
            try (var socket = connect('E')) {
                if (socket.getInputStream().read() != 'E') {
                    throw new IOException("no echo");
                }
                times[i] = (System.nanoTime() - before) / 1e3;
            }
        }
        Arrays.sort(times);
        return times;
    }

    /// Connections a second, each with a byte sent and read back, by so many clients at once.
    double rate(int clients) throws InterruptedException {
        var made = new AtomicLong();
        var threads = new ArrayList<Thread>();
        var begin = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (System.nanoTime() < begin + NANOS) {
                    try {
                        made.addAndGet(roundTrips(10).length);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        return made.get() / ((System.nanoTime() - begin) / 1e9);
    }

    /// Gbit/s over so many connections, from the server (`D`) or to it (`U`).
    double bulk(char direction, int streams) throws IOException, InterruptedException {
        var bytes = new AtomicLong();
        var threads = new ArrayList<Thread>();
        var sockets = new ArrayList<Socket>();
        var begin = System.nanoTime();
        for (int i = 0; i < streams; i++) {
            var socket = connect(direction);
            sockets.add(socket);
            threads.add(Thread.ofPlatform().start(() -> move(socket, direction, bytes, begin + NANOS)));
        }
        for (var thread : threads) {
            thread.join();
        }
        var seconds = (System.nanoTime() - begin) / 1e9;
        for (var socket : sockets) {
            socket.close();
        }
        return bytes.get() * 8 / seconds / 1e9;
    }

    private static void move(Socket socket, char direction, AtomicLong bytes, long until) {
        var buffer = new byte[CHUNK];
        try {
            while (System.nanoTime() < until) {
                if (direction == 'D') {
                    bytes.addAndGet(socket.getInputStream().read(buffer));
                } else {
                    socket.getOutputStream().write(buffer);
                    bytes.addAndGet(CHUNK);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
