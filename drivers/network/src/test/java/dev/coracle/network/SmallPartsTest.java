package dev.coracle.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import dev.coracle.linux.Nftables.Part;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmallPartsTest {
    @Test
    void name_servers_are_read_from_resolv_conf() {
        var text =
                "# comment\nsearch example\nnameserver 127.0.0.53\n  nameserver\tfe80::1 # why\nnameserver nonsense\n";
        assertThat(Upstreams.parse(text))
                .containsExactly(InetAddress.ofLiteral("127.0.0.53"), InetAddress.ofLiteral("fe80::1"));
    }

    @Test
    void the_last_group_is_the_last_one_without_a_gap() {
        assertThat(NamespaceFiles.lastGroup("         0       1001          1\n         1     100000      65536\n"))
                .isEqualTo(65_536);
        assertThat(NamespaceFiles.lastGroup("1 100000 65536\n0 1001 1\n")).isEqualTo(65_536);
        assertThat(NamespaceFiles.lastGroup("0 1001 1\n5 100000 65536\n")).isZero();
        assertThat(NamespaceFiles.lastGroup("0 0 4294967295\n")).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void a_document_survives_any_text() {
        Map<String, Object> fields =
                Map.of("text", "a \"b\" \\ \n \u0001 ü 😀", "list", List.of("x", Map.of("y", "z")));
        var read = Document.read(Document.write(fields));
        assertThat(read.text("text")).isEqualTo(fields.get("text"));
        assertThat(read.objects("list").getFirst().text("y")).isEqualTo("z");
        assertThat(read.text("absent")).isEmpty();
    }

    @Test
    void a_damaged_document_is_data_loss() {
        for (var bad : List.of("", "{", "{\"a\"}", "{\"a\":\"b\"} x", "[]", "{\"a\":\"\\u00", "{\"a\":}")) {
            assertThatThrownBy(() -> Document.read(bad)).as(bad).isInstanceOf(DataLoss.class);
        }
        assertThatThrownBy(() -> Document.read("{\"a\":".repeat(100))).isInstanceOf(DataLoss.class);
        assertThat(Document.readList("null")).isEmpty();
    }

    @Test
    void an_internal_network_is_closed_both_ways_and_never_masqueraded() {
        var spec = new NetworkSpec(
                "inner", "bridge", List.of(new Subnet("10.9.0.0/24", "10.9.0.1", "")), false, true, Map.of(), Map.of());
        var chains = PacketFilter.chains(List.of(new Network("id", spec, "cor-inner", Instant.EPOCH)));
        assertThat(chains.get(0).rules().stream().map(rule -> rule.parts()).toList())
                .contains(
                        List.of(new Part.Device(true, "cor-inner", false, true), new Part.Drop()),
                        List.of(new Part.Device(false, "cor-inner", false, true), new Part.Drop()));
        assertThat(chains.get(1).rules()).isEmpty();
    }

    @Test
    void a_hardware_address_is_made_from_the_address() {
        assertThat(Addresses.mac(InetAddress.ofLiteral("10.4.0.2"))).isEqualTo("02:42:0a:04:00:02");
    }
}
