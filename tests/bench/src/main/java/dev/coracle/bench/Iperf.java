package dev.coracle.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// iperf3, whose figures others publish.
final class Iperf {
    /// What a server says when it can be asked.
    static final String READY = "Server listening";

    static final int SECONDS = 4;

    private static final Pattern RECEIVED =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.e+]+)");

    private Iperf() {}

    static List<String> server(String... more) {
        var words = new ArrayList<>(List.of("/usr/bin/iperf3", "--server", "--forceflush"));
        words.addAll(List.of(more));
        return List.copyOf(words);
    }

    static List<String> client(String address, int port, int streams, boolean fromServer) {
        var words = new ArrayList<>(List.of(
                "/usr/bin/iperf3",
                "--client",
                address,
                "--port",
                Integer.toString(port),
                "--time",
                Integer.toString(SECONDS),
                "--parallel",
                Integer.toString(streams),
                "--json"));
        if (fromServer) {
            words.add("--reverse");
        }
        return List.copyOf(words);
    }

    /// What arrived, in Gbit/s.
    static double rate(Settings settings, List<String> client) throws IOException, InterruptedException {
        var log = Files.createTempFile(settings.runtime(), "iperf", ".json");
        try {
            var process = Program.of(settings, client).start(log);
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException("iperf3 does not end: " + String.join(" ", client));
            }
            var said = Files.readString(log);
            var found = RECEIVED.matcher(said);
            if (!found.find()) {
                throw new IOException("iperf3 " + String.join(" ", client) + ": " + said);
            }
            return Double.parseDouble(found.group(1)) / 1e9;
        } finally {
            Files.delete(log);
        }
    }

    /// A server on this machine, at an address that is not a loopback one.
    static final class Host implements AutoCloseable {
        private final Process process;
        private final String address;
        private final int port;

        Host(Settings settings) throws IOException, InterruptedException {
            address = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(one -> one.getAddress().length == 4 && !one.isLoopbackAddress())
                    .findFirst()
                    .map(InetAddress::getHostAddress)
                    .orElseThrow(() -> new IOException("this machine has no address but loopback ones"));
            try (var free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            var log = Files.createTempFile(settings.runtime(), "iperf", ".log");
            process = Program.of(settings, server("--bind", address, "--port", Integer.toString(port)))
                    .start(log);
            awaitReady(process, log);
        }

        /// What a client inside is told.
        List<String> client() {
            return Iperf.client(address, port, 1, false);
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    static void awaitReady(Process process, Path log) throws IOException, InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!Files.readString(log).contains(READY)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("no server: " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
