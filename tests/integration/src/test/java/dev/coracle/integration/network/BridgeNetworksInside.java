package dev.coracle.integration.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import dev.coracle.core.networks.SandboxSpec;
import dev.coracle.integration.network.World.Uplink;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Links;
import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Networks without a way out: containers among each other and with the host's ports.
class BridgeNetworksInside {
    private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int PTR = 12;
    private static final int MANY = 50;

    private World world;

    @BeforeEach
    void make() throws Exception {
        world = World.make(Uplink.NONE);
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        var networks = world.networks();
        networks.sandboxes().forEach(sandbox -> networks.close(sandbox.id()));
        networks.list().stream()
                .filter(network -> !network.name().equals("bridge"))
                .forEach(network -> networks.remove(network.id()));
        Awaitility.await("links that go")
                .atMost(World.PATIENCE)
                .untilAsserted(() -> assertThat(world.links())
                        .allMatch(name -> name.startsWith("cor-"))
                        .hasSizeLessThanOrEqualTo(1));
        try (var files = Files.list(world.folder.resolve("state/netns"))) {
            assertThat(files).isEmpty();
        }
        for (var kind : List.of("network-sandbox", "network-address", "network-port")) {
            assertThat(world.records.list(kind, "")).as(kind).isEmpty();
        }
        world.close();
    }

    private NetworkSpec network(String name, Map<String, String> options, boolean internal) {
        return new NetworkSpec(name, "bridge", List.of(), false, internal, options, Map.of());
    }

    private Echo echo(String sandbox, int port) throws Exception {
        return world.in(sandbox, () -> Echo.bind(ANY, port)).serve();
    }

    @Test
    void containers_of_a_network_reach_each_other_by_name() throws Exception {
        var a = world.sandbox("a", "bridge");
        var b = world.sandbox("b", "bridge");
        try (var _ = echo("b", 80)) {
            var answer = world.in("a", () -> Names.ask("10.4.0.1", "b", A));
            assertThat(answer.data()).containsExactly(World.bare(b.address()));
            var address = InetAddress.ofLiteral(answer.data().getFirst());
            assertThat(world.in("a", () -> Echo.tcp(address, 80))).isEqualTo(World.bare(a.address()));
            assertThat(world.in("a", () -> Echo.udp(address, 80))).isEqualTo(World.bare(a.address()));
        }
    }

    @Test
    void names_of_all_kinds_are_answered() throws Exception {
        var networks = world.networks();
        networks.create(network("mine", Map.of(), false));
        var a = world.sandbox("a", "bridge");
        networks.open("test/0123456789abcdef", new SandboxSpec("b", "b-host", List.of(), Map.of()));
        var b = networks.connect(
                "test/0123456789abcdef", new EndpointSpec("bridge", "", "", "", List.of("db", "shared")));
        networks.open("test/c", new SandboxSpec("c", "", List.of(), Map.of()));
        var c = networks.connect("test/c", new EndpointSpec("bridge", "", "", "", List.of("shared")));
        var far = networks.connect("test/c", EndpointSpec.of("mine"));
        for (var name : List.of("b", "B", "b-host", "db", "0123456789ab", "b.bridge")) {
            assertThat(world.in("a", () -> Names.ask("10.4.0.1", name, A)).data())
                    .as(name)
                    .containsExactly(World.bare(b.address()));
            assertThat(world.in("a", () -> Names.askByStream("10.4.0.1", name, A))
                            .data())
                    .as(name)
                    .containsExactly(World.bare(b.address()));
        }
        var none = world.in("a", () -> Names.ask("10.4.0.1", "b", AAAA));
        assertThat(none).isEqualTo(new Names.Answer(0, List.of()));
        var first = world.in("a", () -> Names.ask("10.4.0.1", "shared", A)).data();
        var second = world.in("a", () -> Names.ask("10.4.0.1", "shared", A)).data();
        assertThat(first).containsExactlyInAnyOrder(World.bare(b.address()), World.bare(c.address()));
        assertThat(second).containsExactlyElementsOf(first.reversed());
        var reverse = Stream.of(World.bare(b.address()).split("\\.")).toList().reversed();
        assertThat(world.in("a", () -> Names.ask("10.4.0.1", String.join(".", reverse) + ".in-addr.arpa", PTR))
                        .data())
                .containsExactly("b.bridge");
        // connected to one network: the other one's address is not seen
        assertThat(world.in("a", () -> Names.ask("10.4.0.1", "c", A)).data())
                .containsExactly(World.bare(c.address()))
                .doesNotContain(World.bare(far.address()));
        assertThat(world.in("c", () -> Names.ask("10.4.0.1", "a", A)).data()).containsExactly(World.bare(a.address()));
        assertThat(world.in("a", () -> Names.ask("10.4.0.1", "host.docker.internal", A))
                        .data())
                .containsExactly(World.HOST.getHostAddress());
        networks.rename("test/c", "renamed");
        assertThat(world.in("a", () -> Names.ask("10.4.0.1", "renamed", A)).data())
                .containsExactly(World.bare(c.address()));
    }

    @Test
    void a_real_client_understands_the_name_server() throws Exception {
        world.sandbox("a", "bridge");
        var b = world.sandbox("b", "bridge");
        var process = new ProcessBuilder(
                        "/usr/bin/nsenter",
                        "--net=" + world.networks().sandbox("test/a").namespace(),
                        "/bin/busybox",
                        "nslookup",
                        "b",
                        "10.4.0.1")
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).contains(World.bare(b.address()));
    }

    @Test
    void other_names_are_asked_of_the_hosts_servers_as_they_are_now() throws Exception {
        world.sandbox("a", "bridge");
        var gone = world.in("a", () -> Names.ask("10.4.0.1", "example.com", A));
        assertThat(gone.code()).isEqualTo(2);
        try (var one = new DatagramSocket(new InetSocketAddress(World.HOST, 53));
                var other = new DatagramSocket(new InetSocketAddress("127.0.0.5", 53))) {
            Names.serve(one, "192.0.2.7");
            Names.serve(other, "192.0.2.8");
            assertThat(world.in("a", () -> Names.ask("10.4.0.1", "example.com", A))
                            .data())
                    .containsExactly("192.0.2.7");
            var changed = Files.writeString(world.folder.resolve("new"), "nameserver 127.0.0.5\n");
            Files.move(
                    changed,
                    world.folder.resolve("resolv.conf"),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
            Awaitility.await()
                    .atMost(World.PATIENCE)
                    .untilAsserted(() -> assertThat(world.in("a", () -> Names.ask("10.4.0.1", "example.com", A))
                                    .data())
                            .containsExactly("192.0.2.8"));
            world.networks().open("test/own", new SandboxSpec("own", "", List.of("198.51.100.2"), Map.of()));
            world.networks().connect("test/own", EndpointSpec.of("bridge"));
            assertThat(world.in("own", () -> Names.ask("10.4.0.1", "example.com", A))
                            .data())
                    .containsExactly("192.0.2.7");
        }
    }

    @Test
    void a_hostile_client_harms_nobody() throws Exception {
        world.sandbox("a", "bridge");
        var b = world.sandbox("b", "bridge");
        world.in("a", () -> {
            try (var socket = new DatagramSocket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral("10.4.0.1"), 53));
                var query = Names.query("b", A);
                for (var length = 0; length < query.length; length++) {
                    socket.send(new DatagramPacket(query, length));
                }
                for (var place = 0; place < query.length; place++) {
                    for (var value : new byte[] {0, 1, 63, 64, (byte) 0xc0, (byte) 0xff}) {
                        var bad = query.clone();
                        bad[place] = value;
                        socket.send(new DatagramPacket(bad, bad.length));
                    }
                }
            }
            try (var stream = new Socket(InetAddress.ofLiteral("10.4.0.1"), 53)) {
                stream.getOutputStream().write(new byte[] {(byte) 0xff, (byte) 0xff, 0});
            }
            return true;
        });
        assertThat(world.in("a", () -> Names.ask("10.4.0.1", "b", A)).data()).containsExactly(World.bare(b.address()));
    }

    @Test
    void networks_are_kept_apart() throws Exception {
        var networks = world.networks();
        networks.create(network("one", Map.of(), false));
        networks.create(network("two", Map.of(), false));
        networks.create(network("quiet", Map.of("icc", "false"), false));
        var a = world.sandbox("a", "one");
        var b = world.sandbox("b", "two");
        world.sandbox("c", "quiet");
        var d = world.sandbox("d", "quiet");
        for (var name : List.of("b", "d")) {
            echo(name, 80);
        }
        assertThat(world.in("a", () -> Echo.answers(InetAddress.ofLiteral(World.bare(b.address())), 80)))
                .isFalse();
        assertThat(world.in("c", () -> Echo.answers(InetAddress.ofLiteral(World.bare(d.address())), 80)))
                .isFalse();
        // a name server at the gateway is there for all of its network, apart or not
        assertThat(world.in("c", () -> Names.ask(d.gateway(), "d", A)).data()).containsExactly(World.bare(d.address()));
        assertThat(world.in("a", () -> Names.ask(a.gateway(), "b", A)).data()).isEmpty();
        // connected to both: reached, and the first network's default route is kept
        networks.connect("test/a", EndpointSpec.of("two"));
        assertThat(world.in("a", () -> Echo.tcp(InetAddress.ofLiteral(World.bare(b.address())), 80)))
                .isNotEmpty();
        networks.disconnect("test/a", "one");
        assertThat(world.in("a", () -> {
                    try (var links = Links.open()) {
                        return links.routes().stream()
                                .filter(route -> route.prefix() == 0)
                                .map(route -> route.gateway().orElseThrow().getHostAddress())
                                .toList();
                    }
                }))
                .containsExactly(b.gateway());
    }

    @Test
    void a_published_port_answers_on_the_host_and_keeps_who_asks() throws Exception {
        world.sandbox("web", "bridge");
        try (var _ = echo("web", 80)) {
            var ports = world.networks()
                    .publish(
                            "test/web",
                            List.of(
                                    new PortBinding(Protocol.TCP, "", 8080, 80),
                                    new PortBinding(Protocol.UDP, "", 8080, 80)));
            assertThat(ports).extracting(PortBinding::hostAddress).containsExactly("0.0.0.0", "::", "0.0.0.0", "::");
            assertThat(ports).extracting(PortBinding::sourceKept).containsExactly(true, false, true, false);
            assertThat(Echo.tcp(LOOPBACK, 8080)).isEqualTo("10.4.0.1");
            assertThat(Echo.tcp(InetAddress.ofLiteral("::1"), 8080)).isEqualTo("10.4.0.1");
            assertThat(Echo.udp(LOOPBACK, 8080)).isEqualTo("10.4.0.1");
            assertThat(Echo.tcp(World.HOST, 8080)).isEqualTo(World.HOST.getHostAddress());
            assertThat(Echo.udp(World.HOST, 8080)).isEqualTo(World.HOST.getHostAddress());
        }
        world.networks().close("test/web");
        // free again, for anybody
        new ServerSocket(8080).close();
    }

    @Test
    void a_taken_port_is_refused_with_its_owner() throws Exception {
        world.sandbox("web", "bridge");
        world.sandbox("other", "bridge");
        var networks = world.networks();
        networks.publish("test/web", List.of(new PortBinding(Protocol.TCP, "", 8081, 80)));
        var same = List.of(new PortBinding(Protocol.TCP, "127.0.0.1", 8081, 80));
        assertThatThrownBy(() -> networks.publish("test/other", same))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("by container web");
        try (var foreign = new ServerSocket(0)) {
            var taken = List.of(new PortBinding(Protocol.TCP, "", foreign.getLocalPort(), 80));
            assertThatThrownBy(() -> networks.publish("test/other", taken))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("another program");
        }
        var two = networks.publish(
                "test/other",
                List.of(new PortBinding(Protocol.TCP, "", 0, 80), new PortBinding(Protocol.TCP, "", 0, 81)));
        assertThat(two).hasSize(4);
        assertThat(two.get(0).hostPort())
                .isEqualTo(two.get(1).hostPort())
                .isNotEqualTo(two.get(2).hostPort());
    }

    @Test
    void a_daemon_that_comes_back_finds_everything_in_service() throws Exception {
        world.sandbox("a", "bridge");
        var b = world.sandbox("b", "bridge");
        world.sandbox("unwanted", "bridge");
        world.networks().publish("test/b", List.of(new PortBinding(Protocol.TCP, "127.0.0.1", 8082, 80)));
        try (var _ = echo("b", 80)) {
            var networks = world.reopen();
            assertThat(networks.recover(List.of("test/a", "test/b", "test/lost")))
                    .containsExactly("test/lost");
            assertThat(networks.sandboxes()).hasSize(2);
            assertThat(Echo.tcp(LOOPBACK, 8082)).isEqualTo("10.4.0.1");
            assertThat(world.in("a", () -> Names.ask("10.4.0.1", "b", A)).data())
                    .containsExactly(World.bare(b.address()));
            assertThat(world.in("a", () -> Echo.tcp(InetAddress.ofLiteral(World.bare(b.address())), 80)))
                    .isNotEmpty();
        }
    }

    @Test
    void after_a_reboot_nothing_is_claimed() throws Exception {
        world.sandbox("a", "bridge");
        world.networks().publish("test/a", List.of(new PortBinding(Protocol.TCP, "127.0.0.1", 8083, 80)));
        Mounts.unmount(world.networks().sandbox("test/a").namespace(), true);
        var networks = world.reopen();
        assertThat(networks.recover(List.of("test/a"))).containsExactly("test/a");
        assertThat(networks.sandboxes()).isEmpty();
        world.sandbox("a", "bridge");
        networks.publish("test/a", List.of(new PortBinding(Protocol.TCP, "127.0.0.1", 8083, 80)));
    }

    @Test
    void a_sandbox_has_its_kernel_parameters() throws Exception {
        world.networks().open("test/a", new SandboxSpec("a", "", List.of(), Map.of("net.ipv4.ip_default_ttl", "77")));
        assertThat(world.in("a", () -> List.of(read("ip_unprivileged_port_start"), read("ip_default_ttl"))))
                .containsExactly("0", "77");
        assertThat(world.in("a", () -> read("ping_group_range")))
                .startsWith("0\t")
                .doesNotEndWith("\t0");
        for (var bad : List.of("kernel.hostname", "net.ipv4.no_such", "net.ipv4.../../kernel/hostname")) {
            assertThatThrownBy(() ->
                            world.networks().open("test/b", new SandboxSpec("b", "", List.of(), Map.of(bad, "1"))))
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining(bad);
        }
    }

    private static String read(String parameter) throws IOException {
        try (var file = Fd.openForReading(Path.of("/proc/sys/net/ipv4", parameter))) {
            var bytes = new byte[100];
            return new String(bytes, 0, file.read(bytes, 0, bytes.length), StandardCharsets.US_ASCII).strip();
        }
    }

    @Test
    void many_are_connected_at_once() throws Exception {
        // the first one brings the network up
        world.sandbox("first", "bridge");
        var start = System.nanoTime();
        try (var group = new TaskGroup()) {
            IntStream.range(0, MANY).forEach(number -> group.fork(() -> world.sandbox("many" + number, "bridge")));
            group.join();
        }
        var connected = Duration.ofNanos(System.nanoTime() - start);
        var networks = world.networks();
        var addresses = networks.sandboxes().stream()
                .map(sandbox -> sandbox.endpoints().getFirst().address())
                .toList();
        assertThat(addresses).hasSize(MANY + 1).doesNotHaveDuplicates();
        assertThat(world.in("many7", () -> Names.ask("10.4.0.1", "many42", A)).data())
                .hasSize(1);
        var end = System.nanoTime();
        try (var group = new TaskGroup()) {
            IntStream.range(0, MANY)
                    .forEach(number -> group.fork(() -> {
                        networks.close("test/many" + number);
                        return number;
                    }));
            group.join();
        }
        System.out.println(MANY + " sandboxes connected at once in " + connected.toMillis() + " ms, closed in "
                + Duration.ofNanos(System.nanoTime() - end).toMillis() + " ms");
    }
}
