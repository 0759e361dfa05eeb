package dev.coracle.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.linux.IpSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayTest {
    private static final int PATIENCE = 60_000;
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private Relay relay;

    @BeforeEach
    void open() throws Exception {
        relay = Relay.open("test-relay", 2);
    }

    @AfterEach
    void close() {
        relay.close();
    }

    private Forward forward(InetSocketAddress target) throws Exception {
        return relay.forwardTcp(IpSocket.listen(ANY, false, 1024), Target.of(target));
    }

    private static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout(PATIENCE);
        socket.connect(address, PATIENCE);
        return socket;
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,127.0.0.1", "127.0.0.1,::1", "::1,127.0.0.1", "::1,::1"})
    void bytes_go_both_ways_whatever_the_families(String from, String to) throws Exception {
        try (var echo = new Echo(InetAddress.ofLiteral(to));
                var forward = relay.forwardTcp(
                        IpSocket.listen(new InetSocketAddress(InetAddress.ofLiteral(from), 0), false, 16),
                        Target.of(echo.address()));
                var client = connect(forward.address())) {
            client.getOutputStream().write("ping".getBytes(UTF_8));
            assertThat(client.getInputStream().readNBytes(4)).isEqualTo("ping".getBytes(UTF_8));
            assertThat(forward.active()).isEqualTo(1);
        }
    }

    @Test
    void the_ipv6_wildcard_takes_ipv4_when_asked_to() throws Exception {
        var any = new InetSocketAddress(InetAddress.ofLiteral("::"), 0);
        try (var echo = Echo.open();
                var both = relay.forwardTcp(IpSocket.listen(any, true, 16), Target.of(echo.address()));
                var client = connect(local(both.address().getPort()))) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
        }
        try (var echo = Echo.open();
                var one = relay.forwardTcp(IpSocket.listen(any, false, 16), Target.of(echo.address()))) {
            assertThatThrownBy(() -> connect(local(one.address().getPort()))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void each_side_ends_by_itself() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                var forward = forward(local(server.getLocalPort()));
                var client = connect(forward.address());
                var served = server.accept()) {
            client.getOutputStream().write("question".getBytes(UTF_8));
            client.shutdownOutput();
            assertThat(served.getInputStream().readAllBytes()).isEqualTo("question".getBytes(UTF_8));
            served.getOutputStream().write("answer".getBytes(UTF_8));
            served.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo("answer".getBytes(UTF_8));
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> forward.active() == 0);
        }
    }

    @Test
    void many_connections_carry_much_with_half_close() throws Exception {
        var sent = new byte[3 << 20];
        new Random(7).nextBytes(sent);
        try (var echo = Echo.open();
                var forward = forward(echo.address());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Boolean>>();
            for (var i = 0; i < 50; i++) {
                answers.add(threads.submit(() -> {
                    try (var client = connect(forward.address())) {
                        threads.submit(() -> {
                            client.getOutputStream().write(sent);
                            client.shutdownOutput();
                            return true;
                        });
                        return Arrays.equals(client.getInputStream().readAllBytes(), sent);
                    }
                }));
            }
            for (var answer : answers) {
                assertThat(answer.get()).isTrue();
            }
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> forward.active() == 0);
        }
    }

    @Test
    void a_slow_reader_gets_everything() throws Exception {
        var sent = new byte[20 << 20];
        new Random(9).nextBytes(sent);
        try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                var forward = forward(local(server.getLocalPort()));
                var client = connect(forward.address());
                var served = server.accept()) {
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    served.getOutputStream().write(sent);
                    served.shutdownOutput();
                } catch (IOException failure) {
                    throw new java.io.UncheckedIOException(failure);
                }
            });
            var input = client.getInputStream();
            var first = input.readNBytes(1000);
            // everything in between is full by now, or will be when the rest is read
            assertThat(first).isEqualTo(Arrays.copyOf(sent, 1000));
            assertThat(input.readAllBytes()).isEqualTo(Arrays.copyOfRange(sent, 1000, sent.length));
            writer.join();
        }
    }

    @Test
    void a_refused_connection_is_reset() throws Exception {
        InetSocketAddress nobody;
        try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            nobody = local(server.getLocalPort());
        }
        try (var forward = forward(nobody)) {
            // the reset may be there before the client has looked whether it is connected
            assertThatThrownBy(() -> readFrom(forward.address())).isInstanceOf(SocketException.class);
            assertThat(forward.active()).isZero();
        }
    }

    private static int readFrom(InetSocketAddress address) throws IOException {
        try (var client = connect(address)) {
            return client.getInputStream().read();
        }
    }

    @Test
    void a_reset_of_the_target_reaches_the_client_behind_what_it_had_sent() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                var forward = forward(local(server.getLocalPort()));
                var client = connect(forward.address())) {
            var served = server.accept();
            served.getOutputStream().write(42);
            assertThat(client.getInputStream().read()).isEqualTo(42);
            served.setSoLinger(true, 0);
            served.close();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void removing_a_port_ends_its_connections_and_frees_the_address() throws Exception {
        try (var echo = Echo.open()) {
            var forward = forward(echo.address());
            var address = forward.address();
            try (var client = connect(address)) {
                client.getOutputStream().write(1);
                assertThat(client.getInputStream().read()).isEqualTo(1);
                forward.close();
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            }
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> echo.connections() == 0);
            IpSocket.listen(address, false, 1).close();
        }
    }

    @Test
    void a_thousand_ports_work_and_leave_nothing() throws Exception {
        try (var echo = Echo.open()) {
            var before = descriptors();
            var threads = Thread.activeCount();
            var forwards = new ArrayList<Forward>();
            for (var i = 0; i < 1000; i++) {
                forwards.add(forward(echo.address()));
            }
            assertThat(Thread.activeCount()).isEqualTo(threads);
            for (var forward : forwards) {
                try (var client = connect(forward.address())) {
                    client.getOutputStream().write(5);
                    assertThat(client.getInputStream().read()).isEqualTo(5);
                }
            }
            for (var forward : forwards) {
                forward.close();
            }
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> echo.connections() == 0 && descriptors() <= before + 5);
        }
    }

    @Test
    void many_connections_leave_no_descriptor() throws Exception {
        try (var echo = Echo.open();
                var forward = forward(echo.address())) {
            var before = descriptors();
            for (var i = 0; i < 3000; i++) {
                try (var client = connect(forward.address())) {
                    client.getOutputStream().write(i);
                    assertThat(client.getInputStream().read()).isEqualTo(i & 0xff);
                }
            }
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> forward.active() == 0 && echo.connections() == 0 && descriptors() <= before + 5);
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,127.0.0.1", "::1,127.0.0.1", "127.0.0.1,::1", "0.0.0.0,127.0.0.1", "::,127.0.0.1"})
    void datagrams_find_their_way_back_to_each_client(String from, String to) throws Exception {
        try (var target = new DatagramSocket(0, InetAddress.ofLiteral(to));
                var forward = relay.forwardUdp(
                        IpSocket.bindUdp(new InetSocketAddress(InetAddress.ofLiteral(from), 0), false),
                        Target.of(new InetSocketAddress(target.getLocalAddress(), target.getLocalPort())),
                        Relay.USUAL_IDLE)) {
            target.setSoTimeout(PATIENCE);
            var port = forward.address().getPort();
            // an address of the host that is not the first one: the answer must come from it
            var address =
                    InetAddress.ofLiteral(from.contains(":") ? "::1" : from.equals("0.0.0.0") ? "127.0.0.7" : from);
            try (var one = new DatagramSocket();
                    var two = new DatagramSocket()) {
                for (var client : new DatagramSocket[] {one, two, one}) {
                    client.setSoTimeout(PATIENCE);
                    client.connect(address, port);
                    client.send(new DatagramPacket(new byte[] {3, 4}, 2));
                    var seen = new DatagramPacket(new byte[100], 100);
                    target.receive(seen);
                    assertThat(seen.getLength()).isEqualTo(2);
                    target.send(new DatagramPacket(new byte[] {8}, 1, seen.getSocketAddress()));
                    var answer = new DatagramPacket(new byte[100], 100);
                    client.receive(answer);
                    assertThat(answer.getLength()).isEqualTo(1);
                    assertThat(answer.getAddress()).isEqualTo(address);
                }
            }
            assertThat(forward.active()).isEqualTo(2);
        }
    }

    @Test
    void a_silent_udp_client_is_forgotten() throws Exception {
        try (var target = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
                var client = new DatagramSocket();
                var forward = relay.forwardUdp(
                        IpSocket.bindUdp(ANY, false),
                        Target.of(new InetSocketAddress(target.getLocalAddress(), target.getLocalPort())),
                        Duration.ofMillis(100))) {
            client.send(new DatagramPacket(new byte[1], 1, forward.address()));
            target.receive(new DatagramPacket(new byte[1], 1));
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> forward.active() == 0);
        }
    }

    @Test
    void datagrams_of_any_size_pass() throws Exception {
        try (var target = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
                var client = new DatagramSocket();
                var forward = relay.forwardUdp(
                        IpSocket.bindUdp(ANY, false),
                        Target.of(new InetSocketAddress(target.getLocalAddress(), target.getLocalPort())),
                        Relay.USUAL_IDLE)) {
            target.setSoTimeout(PATIENCE);
            for (var size : new int[] {0, 1, 1500, 65507}) {
                client.send(new DatagramPacket(new byte[size], size, forward.address()));
                var seen = new DatagramPacket(new byte[70000], 70000);
                target.receive(seen);
                assertThat(seen.getLength()).isEqualTo(size);
            }
        }
    }

    @Test
    void a_relay_that_ends_ends_everything() throws Exception {
        try (var echo = Echo.open()) {
            var forward = forward(echo.address());
            try (var client = connect(forward.address())) {
                client.getOutputStream().write(1);
                assertThat(client.getInputStream().read()).isEqualTo(1);
                relay.close();
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
                forward.close();
            }
        }
    }

    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void a_listener_is_closed_even_if_it_cannot_be_used() throws Exception {
        relay.close();
        var listener = IpSocket.listen(ANY, false, 1);
        assertThatThrownBy(() -> relay.forwardTcp(listener, Target.of(ANY_TARGET)))
                .isInstanceOf(RuntimeException.class);
        assertThat(listener).matches(closed -> !closed.isOpen());
    }

    private static final InetSocketAddress ANY_TARGET = local(9);

    @Test
    void a_target_has_an_address() {
        assertThatThrownBy(() -> Target.of(local(0))).isInstanceOf(IllegalArgumentException.class);
    }
}
