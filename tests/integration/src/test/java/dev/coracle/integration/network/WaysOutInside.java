package dev.coracle.integration.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.integration.network.World.Uplink;
import dev.coracle.linux.Links;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// From a container through the bridge, the container network namespace and a real program to the
/// host.
class WaysOutInside {
    private static final int A = 1;

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void containers_reach_the_host_and_its_name_servers(Uplink uplink) throws Exception {
        try (var world = World.make(uplink);
                var server = Echo.bind(World.HOST, 0).serve();
                var names = new DatagramSocket(new InetSocketAddress(World.HOST, 53))) {
            Names.serve(names, "192.0.2.9");
            world.networks().create(new NetworkSpec("inner", "bridge", List.of(), false, true, Map.of(), Map.of()));
            world.sandbox("a", "bridge");
            world.sandbox("enclosed", "inner");
            assertThat(world.in("a", () -> Echo.tcp(World.HOST, server.port()))).isEqualTo(World.HOST.getHostAddress());
            assertThat(world.in("a", () -> Echo.udp(World.HOST, server.port()))).isEqualTo(World.HOST.getHostAddress());
            assertThat(world.in("a", () -> Names.ask("10.4.0.1", "example.com", A))
                            .data())
                    .containsExactly("192.0.2.9");
            assertThat(world.in("a", WaysOutInside::mtu)).isEqualTo(65_520);
            assertThat(world.in("enclosed", () -> Echo.answers(World.HOST, server.port())))
                    .isFalse();
            if (uplink == Uplink.PASTA_WITH_IPV6) {
                reaches_by_ipv6(world);
            }
            // not the host's loopback, by whatever address
            try (var loopback = Echo.bind(InetAddress.ofLiteral("127.0.0.1"), 0).serve()) {
                for (var address : List.of("127.0.0.1", "10.0.2.2", "10.4.0.1")) {
                    assertThat(world.in("a", () -> Echo.answers(InetAddress.ofLiteral(address), loopback.port())))
                            .as(address)
                            .isFalse();
                }
            }
        }
    }

    private static void reaches_by_ipv6(World world) throws Exception {
        var endpoint = world.networks().sandbox("test/a").endpoints().getFirst();
        assertThat(endpoint.address6()).startsWith("fd63:6f72:6163:");
        try (var server = Echo.bind(World.HOST6, 0).serve()) {
            assertThat(world.in("a", () -> Echo.tcp(World.HOST6, server.port())))
                    .isNotEmpty();
            assertThat(world.in("a", () -> Echo.udp(World.HOST6, server.port())))
                    .isNotEmpty();
        }
        assertThat(world.in("a", () -> Names.ask("10.4.0.1", "a", 28)).data()).hasSize(1);
    }

    private static int mtu() throws java.io.IOException {
        try (var links = Links.open()) {
            return links.get("eth0").mtu();
        }
    }
}
