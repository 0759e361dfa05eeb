package dev.coracle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A launcher that forwards one port of the host to a server inside, by its builtin driver.
final class Ports implements AutoCloseable {
    private static final String SERVING = "serving\n";

    private final Path work;
    private final Process launcher;
    private final Wire wire;

    /// With a server that answers [Wire].
    Ports(Settings settings, Path bin) throws IOException, InterruptedException {
        this(settings, bin, server(settings, 80), SERVING);
    }

    private static List<String> server(Settings settings, int port) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                settings.source().resolve("ServerMain.java").toString(),
                Integer.toString(port));
    }

    /// The same server with nothing in between: what client and server cost by themselves.
    static Ports direct(Settings settings) throws IOException, InterruptedException {
        var wire = Wire.toFreePort();
        return new Ports(settings, server(settings, wire.port()), wire, SERVING);
    }

    static Ports iperf(Settings settings, Path bin) throws IOException, InterruptedException {
        return new Ports(settings, bin, Iperf.server("--port", "80"), Iperf.READY);
    }

    /// @param server what listens on port 80 inside
    /// @param ready what it says then
    private Ports(Settings settings, Path bin, List<String> server, String ready)
            throws IOException, InterruptedException {
        this(settings, bin, server, Wire.toFreePort(), ready);
    }

    private Ports(Settings settings, Path bin, List<String> server, Wire wire, String ready)
            throws IOException, InterruptedException {
        this(
                settings,
                Program.join(
                        List.of(
                                bin.resolve("rootlesskit").toString(),
                                "--net=slirp4netns",
                                "--disable-host-loopback",
                                "--port-driver=builtin",
                                "-p",
                                "127.0.0.1:" + wire.port() + ":80/tcp"),
                        server.toArray(String[]::new)),
                wire,
                ready);
    }

    /// @param words the launcher and what listens, or that alone
    private Ports(Settings settings, List<String> words, Wire wire, String ready)
            throws IOException, InterruptedException {
        this.work = Files.createTempDirectory(settings.runtime(), "p");
        this.wire = wire;
        this.launcher = Program.of(settings, words).start(work.resolve("log"));
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.readString(work.resolve("log")).contains(ready)) {
            if (!launcher.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new IOException("no server: " + Files.readString(work.resolve("log")));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    Wire wire() {
        return wire;
    }

    /// The launcher's processes, without the command's.
    private List<ProcessHandle> processes() throws IOException {
        var found = new ArrayList<ProcessHandle>();
        var all = new ArrayList<>(List.of(launcher.toHandle()));
        launcher.toHandle().descendants().forEach(all::add);
        for (var process : all) {
            var line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            var isServer = line.startsWith(System.getProperty("java.home")) && !line.contains("rootlesskit");
            if (!isServer && !line.startsWith("/usr/bin/iperf3")) {
                found.add(process);
            }
        }
        return found;
    }

    /// Memory of the launcher, its forwarder and the network driver, in MB.
    double megabytes() throws IOException {
        var sum = 0.0;
        for (var process : processes()) {
            sum += Memory.megabytes(process.pid(), "Pss");
        }
        return sum;
    }

    /// Processor time they have had so far, in seconds.
    double processorSeconds() throws IOException {
        var sum = 0.0;
        for (var process : processes()) {
            sum += Processors.seconds(process.pid());
        }
        return sum;
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
