package dev.coracle.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A launcher that forwards one port of the host to a server inside, by its builtin driver.
final class Ports implements AutoCloseable {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int CHUNK = 1 << 17;
    private static final double TICK_SECONDS = 0.01;

    private final Path work;
    private final Process launcher;
    private final int port;

    Ports(Settings settings, Path bin) throws IOException, InterruptedException {
        this.work = Files.createTempDirectory(settings.runtime(), "p");
        try (var free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            this.port = free.getLocalPort();
        }
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var words = List.of(
                bin.resolve("rootlesskit").toString(),
                "--net=slirp4netns",
                "--disable-host-loopback",
                "--port-driver=builtin",
                "-p",
                "127.0.0.1:" + port + ":80/tcp",
                "--state-dir=" + work.resolve("rk"),
                java,
                "-XX:+UseSerialGC",
                settings.source().resolve("ServerMain.java").toString(),
                "80");
        this.launcher = Program.of(settings, words).start(work.resolve("log"));
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.readString(work.resolve("log")).contains("serving\n")) {
            if (!launcher.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new IOException("no server: " + Files.readString(work.resolve("log")));
            }
            TimeUnit.MILLISECONDS.sleep(5);
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

    /// The launcher's processes, without the command's.
    private List<ProcessHandle> processes() throws IOException {
        var found = new ArrayList<ProcessHandle>();
        var all = new ArrayList<>(List.of(launcher.toHandle()));
        launcher.toHandle().descendants().forEach(all::add);
        for (var process : all) {
            var line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            if (!line.startsWith(System.getProperty("java.home")) || line.contains("rootlesskit")) {
                found.add(process);
            }
        }
        return found;
    }

    /// Memory of the launcher, its forwarder and the network driver, in MB.
    double megabytes() throws IOException {
        var sum = 0.0;
        for (var process : processes()) {
            sum += Files.readString(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))
                    .lines()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .sum();
        }
        return sum;
    }

    /// Processor time they have had so far, in seconds.
    double processorSeconds() throws IOException {
        var ticks = 0.0;
        for (var process : processes()) {
            var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks * TICK_SECONDS;
    }

    @Override
    public void close() throws IOException {
        launcher.destroy();
        try {
            if (!launcher.waitFor(20, TimeUnit.SECONDS)) {
                launcher.destroyForcibly();
            }
        } catch (InterruptedException e) {
            launcher.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
