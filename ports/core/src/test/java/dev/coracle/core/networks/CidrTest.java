package dev.coracle.core.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CidrTest {
    @Test
    void host_bits_are_cut_off() {
        assertThat(Cidr.parse("10.4.1.77/24")).hasToString("10.4.1.0/24").isEqualTo(Cidr.parse("10.4.1.0/24"));
        assertThat(Cidr.parse("fd00::1:2/64")).hasToString("fd00::/64");
        assertThat(Cidr.parse("0.0.0.0/0").size()).isEqualTo(1L << 32);
        assertThat(Cidr.parse("::/0").size()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void addresses_have_places() {
        var range = Cidr.parse("10.4.1.0/24");
        assertThat(range.at(255)).isEqualTo(InetAddress.ofLiteral("10.4.1.255"));
        assertThat(range.offset(InetAddress.ofLiteral("10.4.1.7"))).isEqualTo(7);
        assertThat(range.isUsable(InetAddress.ofLiteral("10.4.1.0"))).isFalse();
        assertThat(range.isUsable(InetAddress.ofLiteral("10.4.1.255"))).isFalse();
        assertThat(range.isUsable(InetAddress.ofLiteral("10.4.1.254"))).isTrue();
        assertThat(range.isUsable(InetAddress.ofLiteral("10.4.2.1"))).isFalse();
        assertThatThrownBy(() -> range.at(256)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void families_never_meet() {
        assertThat(Cidr.parse("::/0").contains(InetAddress.ofLiteral("10.4.1.7")))
                .isFalse();
        assertThat(Cidr.parse("::/0").overlaps(Cidr.parse("0.0.0.0/0"))).isFalse();
        assertThat(Cidr.parse("10.0.0.0/8").overlaps(Cidr.parse("10.4.1.0/24"))).isTrue();
        assertThat(Cidr.parse("10.4.1.0/24").overlaps(Cidr.parse("10.0.0.0/8"))).isTrue();
    }

    @Test
    void what_is_none_is_refused_and_never_looked_up() {
        for (var bad :
                List.of("", "10.4.1.0", "10.4.1.0/", "10.4.1.0/33", "10.4.1.0/-1", "localhost/8", "fd00::/129")) {
            assertThatThrownBy(() -> Cidr.parse(bad)).as(bad).isInstanceOf(InvalidArgument.class);
        }
    }

    @Test
    void addresses_are_written_short() {
        for (var text : List.of("::", "::1", "fd00::", "fd00::2", "2001:db8::1:0:0:1", "1:0:2:3:4:5:6:7", "10.4.0.1")) {
            assertThat(Cidr.text(InetAddress.ofLiteral(text))).isEqualTo(text);
        }
    }

    @Test
    void options_are_known_by_dockers_names_and_short_ones() {
        var spec = new NetworkSpec(
                "x",
                "bridge",
                List.of(),
                false,
                false,
                Map.of("com.docker.network.driver.mtu", "1400", "icc", "false", "ip-masq", "true"),
                Map.of());
        assertThat(BridgeOptions.of(spec)).isEqualTo(new BridgeOptions(1400, false, true));
        for (var bad : List.of(Map.of("mtu", "9"), Map.of("icc", "maybe"), Map.of("mtu", "70000"))) {
            var wrong = new NetworkSpec("x", "bridge", List.of(), false, false, bad, Map.of());
            assertThatThrownBy(() -> BridgeOptions.of(wrong)).isInstanceOf(InvalidArgument.class);
        }
    }
}
