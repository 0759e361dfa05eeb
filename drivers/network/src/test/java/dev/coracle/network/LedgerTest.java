package dev.coracle.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.core.networks.DescribedNetworks;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import dev.coracle.core.networks.SandboxSpec;
import dev.coracle.core.records.Records.Change;
import dev.coracle.core.testkit.MemoryRecords;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final MemoryRecords records = new MemoryRecords();

    private static Network network(String name, String cidr, String range) {
        var subnet = new Subnet(cidr, cidr.replaceAll("0/.*", "1"), range);
        var spec = new NetworkSpec(
                name, "bridge", List.of(subnet), false, false, Map.of("mtu", "1400"), Map.of("a \"b\"", "c\\\n"));
        return new Network("id-" + name, spec, "cor-" + name, Instant.EPOCH);
    }

    private Ledger ledger() {
        var ledger = new Ledger(records, DescribedNetworks.NONE);
        ledger.addNetwork("small", _ -> network("small", "10.9.0.0/29", ""));
        return ledger;
    }

    private static Endpoint join(Ledger ledger, String id) {
        ledger.addMember(new Member(id, new SandboxSpec(id, "", List.of("9.9.9.9"), Map.of("net.a", "1"))));
        return ledger.connect(id, ledger.network("small"), EndpointSpec.of("small"), "port")
                .endpoint();
    }

    @Test
    void what_is_written_is_read_again() {
        var ledger = ledger();
        join(ledger, "a");
        ledger.addPorts("a", List.of(new PortBinding(Protocol.UDP, "::1", 53, 53, true)));
        var again = new Ledger(records, DescribedNetworks.NONE);
        assertThat(again.networks()).isEqualTo(ledger.networks());
        assertThat(again.members()).isEqualTo(ledger.members());
    }

    @Test
    void a_freed_address_is_given_away_last() {
        var ledger = ledger();
        assertThat(join(ledger, "a").address()).isEqualTo("10.9.0.2/29");
        assertThat(join(ledger, "b").address()).isEqualTo("10.9.0.3/29");
        ledger.removeMember("a");
        assertThat(join(ledger, "c").address()).isEqualTo("10.9.0.4/29");
        assertThat(join(ledger, "d").address()).isEqualTo("10.9.0.5/29");
        assertThat(join(ledger, "e").address()).isEqualTo("10.9.0.6/29");
        assertThat(join(ledger, "f").address()).isEqualTo("10.9.0.2/29");
        assertThatThrownBy(() -> join(ledger, "g")).isInstanceOf(ResourceExhausted.class);
    }

    @Test
    void addresses_come_from_the_range() {
        var ledger = new Ledger(records, DescribedNetworks.NONE);
        ledger.addNetwork("small", _ -> network("small", "10.9.0.0/24", "10.9.0.64/30"));
        assertThat(join(ledger, "a").address()).isEqualTo("10.9.0.64/24");
    }

    @Test
    void the_gateway_is_nobodys() {
        var ledger = ledger();
        ledger.addMember(new Member("a", new SandboxSpec("a", "", List.of(), Map.of())));
        var wanted = new EndpointSpec("small", "10.9.0.1", "", "", List.of());
        assertThatThrownBy(() -> ledger.connect("a", ledger.network("small"), wanted, "port"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("gateway");
    }

    @Test
    void a_port_of_all_addresses_excludes_that_of_each() {
        var ledger = ledger();
        join(ledger, "web");
        ledger.claimPort("web", new PortBinding(Protocol.TCP, "0.0.0.0", 80, 80));
        assertThatThrownBy(() -> ledger.claimPort("x", new PortBinding(Protocol.TCP, "127.0.0.1", 80, 80)))
                .isInstanceOf(Conflict.class)
                .hasMessage("publish port 127.0.0.1:80/tcp: it is already allocated, by container web");
        ledger.claimPort("x", new PortBinding(Protocol.UDP, "127.0.0.1", 80, 80));
        ledger.claimPort("x", new PortBinding(Protocol.TCP, "::", 80, 80));
        ledger.claimPort("x", new PortBinding(Protocol.TCP, "127.0.0.1", 81, 80));
        assertThatThrownBy(() -> ledger.claimPort("web", new PortBinding(Protocol.TCP, "0.0.0.0", 81, 80)))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void claims_of_nobody_are_released_when_it_is_opened() {
        join(ledger(), "a");
        records.apply(List.of(
                new Change.Create(Ledger.ADDRESS, "id-small/10.9.0.5", "ghost"),
                new Change.Create(Ledger.PORT, "tcp/0.0.0.0/80", "ghost")));
        new Ledger(records, DescribedNetworks.NONE);
        assertThat(records.list(Ledger.ADDRESS, "")).containsOnlyKeys("id-small/10.9.0.2");
        assertThat(records.list(Ledger.PORT, "")).isEmpty();
    }

    @Test
    void a_used_network_stays_and_its_users_are_named() {
        var ledger = ledger();
        join(ledger, "a");
        assertThatThrownBy(() -> ledger.removeNetwork("id-s"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessage("network \"small\" is in use by a");
        ledger.removeMember("a");
        ledger.removeNetwork("id-s");
        assertThat(records.list(Ledger.NETWORK, "")).isEmpty();
    }
}
