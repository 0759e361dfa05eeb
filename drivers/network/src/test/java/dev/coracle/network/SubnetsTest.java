package dev.coracle.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubnetsTest {
    private static NetworkSpec spec(String name, boolean ipv6, Subnet... subnets) {
        return new NetworkSpec(name, "bridge", List.of(subnets), ipv6, false, Map.of(), Map.of());
    }

    private static Network existing(String cidr) {
        return new Network("id", spec("existing", false, new Subnet(cidr, "", "")), "cor-id", Instant.EPOCH);
    }

    @Test
    void the_default_network_has_the_first_range_and_others_the_next_free_one() {
        var subnets = new Subnets(List.of(existing("10.4.1.0/24")), List.of(Cidr.parse("10.4.2.128/25")));
        assertThat(subnets.complete(spec("bridge", false), false).subnets())
                .containsExactly(new Subnet("10.4.0.0/24", "10.4.0.1", ""));
        assertThat(subnets.complete(spec("mine", false), false).subnets())
                .containsExactly(new Subnet("10.4.3.0/24", "10.4.3.1", ""));
    }

    @Test
    void what_the_host_routes_elsewhere_is_left_alone() {
        var subnets = new Subnets(List.of(), List.of(Cidr.parse("10.0.0.0/8")));
        assertThat(subnets.complete(spec("bridge", false), false).subnets())
                .containsExactly(new Subnet("172.24.0.0/24", "172.24.0.1", ""));
    }

    @Test
    void ipv6_is_added_when_asked_for_or_there() {
        var subnets = new Subnets(List.of(), List.of());
        for (var made : List.of(subnets.complete(spec("a", true), false), subnets.complete(spec("a", false), true))) {
            assertThat(made.ipv6()).isTrue();
            assertThat(made.subnets())
                    .containsExactly(
                            new Subnet("10.4.1.0/24", "10.4.1.1", ""),
                            new Subnet("fd63:6f72:6163::/64", "fd63:6f72:6163::1", ""));
        }
        var given = subnets.complete(spec("a", false, new Subnet("fd00::/64", "", "")), false);
        assertThat(given.subnets()).hasSize(2);
        assertThat(given.ipv6()).isTrue();
    }

    @Test
    void wrong_ones_are_refused_with_the_reason() {
        var subnets = new Subnets(List.of(existing("10.9.0.0/16")), List.of());
        assertThatThrownBy(() -> subnets.complete(spec("a", false, new Subnet("10.9.3.0/24", "", "")), false))
                .isInstanceOf(Conflict.class)
                .hasMessage("subnet 10.9.3.0/24 overlaps that of network \"existing\"");
        for (var wrong : List.of(
                new Subnet("10.8.0.0/31", "", ""),
                new Subnet("10.8.0.0/24", "10.8.0.255", ""),
                new Subnet("10.8.0.0/24", "10.7.0.1", ""),
                new Subnet("10.8.0.0/24", "", "10.7.0.0/28"),
                new Subnet("10.8.0.0", "", ""),
                new Subnet("10.8.0.0/33", "", ""),
                new Subnet("localhost/24", "", ""))) {
            assertThatThrownBy(() -> subnets.complete(spec("a", false, wrong), false))
                    .as(wrong.toString())
                    .isInstanceOf(InvalidArgument.class);
        }
    }
}
