package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The way out of the network namespace, and what must not be reached by it.
class NetworkTest {
    private static final String UBUNTU = "docker.io/library/ubuntu:latest";

    @Test
    void nginx_answers_in_the_container_and_in_the_namespace_around_it() throws Exception {
        try (var registry = TestImages.registry();
                var rootless = Rootless.start()) {
            var ctr = Ctr.debians(rootless).on("overlayfs");
            ctr.pull(registry, UBUNTU);
            ctr.output("run", "-d", "--cgroup", "", UBUNTU, "alone", "nginx", "-g", "daemon off;");
            answers(ctr.run("tasks", "exec", "--exec-id", "ask", "alone", "curl", "-s", "http://127.0.0.1/"));
            ctr.output("run", "-d", "--net-host", "--cgroup", "", UBUNTU, "shared", "nginx", "-g", "daemon off;");
            answers(rootless.inside(Host.debians("curl"), "-s", "http://10.0.2.100/"));
            for (var name : List.of("alone", "shared")) {
                ctr.output("tasks", "kill", "-s", "SIGQUIT", name);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> ctr.lines("tasks", "list").stream()
                                .anyMatch(line -> line.startsWith(name + " ") && line.contains("STOPPED")));
                ctr.run("tasks", "delete", name).go().expect(0);
                ctr.output("containers", "delete", name);
            }
            assertThat(rootless.mounts()).isEmpty();
        }
    }

    private static void answers(Run question) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(question.go().out()).contains("Welcome to nginx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"slirp4netns", "pasta"})
    void names_and_connections_work_and_the_hosts_loopback_does_not(String driver) throws Exception {
        try (var server = new Greeter();
                var rootless = Rootless.startWith(
                        List.of("--net=" + driver, "--disable-host-loopback", "--copy-up=/etc", "--copy-up=/run"))) {
            var question = new String[] {Host.debians("nslookup"), "-timeout=5", "-retry=1", "localhost."};
            var outside = Run.of(question).go();
            assertThat(rootless.inside(question).go().status()).isEqualTo(outside.status());
            assertThat(rootless.inside(Host.debians("grep"), "nameserver", "/etc/resolv.conf")
                            .output())
                    .isEqualTo("nameserver 10.0.2.3\n");

            var own = ownAddress();
            assertThat(tcp(rootless, own, server.port())).isEqualTo("hello\n");
            assertThat(udp(rootless, own, server.port())).isEqualTo("hello\n");
            for (var loopback : List.of("127.0.0.1", "10.0.2.2")) {
                assertThat(tcp(rootless, loopback, server.port())).isEmpty();
                assertThat(udp(rootless, loopback, server.port())).isEmpty();
            }
        }
    }

    private static String tcp(Rootless rootless, String address, int port) throws IOException, InterruptedException {
        return rootless.inside(Host.debians("nc"), "-n", "-w", "3", address, Integer.toString(port))
                .go()
                .out();
    }

    private static String udp(Rootless rootless, String address, int port) throws IOException, InterruptedException {
        return rootless.inside(Host.debians("nc"), "-n", "-u", "-w", "2", address, Integer.toString(port))
                .go("hi\n")
                .out();
    }

    /// An address of this machine that is not its loopback.
    private static String ownAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .filter(device -> !device.getName().equals("lo"))
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address.getAddress().length == 4)
                .findFirst()
                .orElseThrow(() -> new AssertionError("this machine has no address but its loopback"))
                .getHostAddress();
    }

    /// Says hello to everybody, by TCP and UDP, on all addresses.
    private static final class Greeter implements AutoCloseable {
        private final ServerSocket tcp;
        private final DatagramSocket udp;

        Greeter() throws IOException {
            tcp = new ServerSocket(0, 50, InetAddress.getByName("0.0.0.0"));
            udp = new DatagramSocket(new InetSocketAddress("0.0.0.0", tcp.getLocalPort()));
            Thread.ofVirtual().name("greeter-tcp").start(this::serveTcp);
            Thread.ofVirtual().name("greeter-udp").start(this::serveUdp);
        }

        int port() {
            return tcp.getLocalPort();
        }

        private void serveTcp() {
            while (!tcp.isClosed()) {
                try (var client = tcp.accept()) {
                    client.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // closed, or a client that went away
                }
            }
        }

        private void serveUdp() {
            var buffer = new byte[1500];
            while (!udp.isClosed()) {
                try {
                    var packet = new DatagramPacket(buffer, buffer.length);
                    udp.receive(packet);
                    var answer = "hello\n".getBytes(StandardCharsets.UTF_8);
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                } catch (IOException e) {
                    // closed
                }
            }
        }

        @Override
        public void close() throws IOException {
            tcp.close();
            udp.close();
        }
    }
}
