package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.NetworkSpec.Subnet;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.networks.SandboxSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every [Networks] must do, as far as it can be told without sending a packet.
public interface NetworksContract {
    /// Fresh ones, with nothing but the default network; closed by whoever makes them.
    Networks networks();

    private static NetworkSpec named(String name, Subnet... subnets) {
        return new NetworkSpec(name, "bridge", List.of(subnets), false, false, Map.of(), Map.of());
    }

    private static SandboxSpec called(String name) {
        return new SandboxSpec(name, name, List.of(), Map.of());
    }

    @Test
    default void the_default_network_exists_and_stays() {
        var networks = networks();
        assertThat(networks.list()).extracting(Network::name).containsExactly("bridge");
        assertThat(networks.get("bridge").spec().subnets().getFirst().gateway()).isEqualTo("10.4.0.1");
        assertThatThrownBy(() -> networks.remove("bridge")).isInstanceOf(FailedPrecondition.class);
    }

    @Test
    default void a_network_is_found_by_its_name_and_by_the_beginning_of_its_id() {
        var networks = networks();
        var made = networks.create(named("mine"));
        assertThat(made.id()).matches("[0-9a-f]{64}");
        assertThat(networks.get("mine")).isEqualTo(made);
        assertThat(networks.get(made.id())).isEqualTo(made);
        assertThatThrownBy(() -> networks.create(named("mine"))).isInstanceOf(AlreadyExists.class);
        networks.remove(made.id());
        assertThatThrownBy(() -> networks.get("mine")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> networks.get("")).isInstanceOf(NotFound.class);
    }

    @Test
    default void subnets_do_not_overlap() {
        var networks = networks();
        var one = Cidr.parse(
                networks.create(named("one")).spec().subnets().getFirst().cidr());
        var two = Cidr.parse(
                networks.create(named("two")).spec().subnets().getFirst().cidr());
        assertThat(one.overlaps(two)).isFalse();
        assertThatThrownBy(() -> networks.create(named("three", new Subnet(one.toString(), "", ""))))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("one");
    }

    @Test
    default void what_cannot_be_honoured_is_refused() {
        var networks = networks();
        var option = new NetworkSpec("x", "bridge", List.of(), false, false, Map.of("colour", "red"), Map.of());
        assertThatThrownBy(() -> networks.create(option))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("colour");
        var driver = new NetworkSpec("x", "overlay", List.of(), false, false, Map.of(), Map.of());
        assertThatThrownBy(() -> networks.create(driver)).isInstanceOf(NotImplemented.class);
        assertThatThrownBy(() -> networks.create(named("host"))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> networks.create(named("x", new Subnet("10.9.0.0/24", "10.8.0.1", ""))))
                .isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> networks.create(named("x", new Subnet("not one", "", ""))))
                .isInstanceOf(InvalidArgument.class);
    }

    @Test
    default void a_sandbox_is_connected_and_disconnected() {
        var networks = networks();
        networks.create(named("mine"));
        var path = networks.open("default/one", called("one"));
        assertThatThrownBy(() -> networks.open("default/one", called("one"))).isInstanceOf(AlreadyExists.class);
        var first = networks.connect("default/one", EndpointSpec.of("bridge"));
        assertThat(first.address()).startsWith("10.4.0.").endsWith("/24");
        assertThat(first.device()).isEqualTo("eth0");
        var second = networks.connect("default/one", EndpointSpec.of("mine"));
        assertThat(second.device()).isEqualTo("eth1");
        var sandbox = networks.sandbox("default/one");
        assertThat(sandbox.namespace()).isEqualTo(path);
        assertThat(sandbox.endpoints()).containsExactly(first, second);
        assertThat(sandbox.resolvers()).contains("10.4.0.1");
        assertThatThrownBy(() -> networks.connect("default/one", EndpointSpec.of("mine")))
                .isInstanceOf(AlreadyExists.class);
        assertThatThrownBy(() -> networks.remove("mine"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("one");
        networks.disconnect("default/one", "mine");
        assertThatThrownBy(() -> networks.disconnect("default/one", "mine")).isInstanceOf(NotFound.class);
        networks.remove("mine");
        assertThat(networks.sandbox("default/one").endpoints()).containsExactly(first);
    }

    @Test
    default void an_address_has_one_owner() {
        var networks = networks();
        networks.open("default/one", called("one"));
        networks.open("default/two", called("two"));
        var wanted = new EndpointSpec("bridge", "10.4.0.77", "", "", List.of());
        assertThat(networks.connect("default/one", wanted).address()).isEqualTo("10.4.0.77/24");
        assertThatThrownBy(() -> networks.connect("default/two", wanted))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("default/one");
        var outside = new EndpointSpec("bridge", "10.9.0.77", "", "", List.of());
        assertThatThrownBy(() -> networks.connect("default/two", outside)).isInstanceOf(InvalidArgument.class);
        assertThat(networks.sandbox("default/two").endpoints()).isEmpty();
        networks.close("default/one");
        assertThat(networks.connect("default/two", wanted).address()).isEqualTo("10.4.0.77/24");
    }

    @Test
    default void addresses_differ() {
        var networks = networks();
        var addresses = List.of("default/a", "default/b", "default/c").stream()
                .map(id -> {
                    networks.open(id, called(id.substring(8)));
                    return networks.connect(id, EndpointSpec.of("bridge"));
                })
                .map(Endpoint::address)
                .toList();
        assertThat(addresses).doesNotHaveDuplicates().doesNotContain("10.4.0.1/24");
    }

    @Test
    default void a_port_has_one_owner_who_is_named() {
        var networks = networks();
        networks.open("default/one", called("one"));
        networks.open("default/two", called("two"));
        var any = new PortBinding(Protocol.TCP, "127.0.0.1", 0, 80);
        assertThatThrownBy(() -> networks.publish("default/one", List.of(any))).isInstanceOf(FailedPrecondition.class);
        networks.connect("default/one", EndpointSpec.of("bridge"));
        networks.connect("default/two", EndpointSpec.of("bridge"));
        var port = networks.publish("default/one", List.of(any)).getFirst();
        assertThat(port.hostPort()).isPositive();
        assertThat(networks.sandbox("default/one").ports()).containsExactly(port);
        var same = new PortBinding(Protocol.TCP, "127.0.0.1", port.hostPort(), 81);
        assertThatThrownBy(() -> networks.publish("default/two", List.of(any, same)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("one")
                .hasMessageContaining(Integer.toString(port.hostPort()));
        assertThat(networks.sandbox("default/two").ports()).isEmpty();
        networks.close("default/one");
        assertThat(networks.publish("default/two", List.of(same)))
                .extracting(PortBinding::hostPort)
                .containsExactly(port.hostPort());
    }

    @Test
    default void of_a_range_the_first_free_port_is_taken() {
        var networks = networks();
        networks.open("default/one", called("one"));
        networks.open("default/two", called("two"));
        networks.connect("default/one", EndpointSpec.of("bridge"));
        networks.connect("default/two", EndpointSpec.of("bridge"));
        var any = new PortBinding(Protocol.TCP, "127.0.0.1", 0, 80);
        var first = networks.publish("default/one", List.of(any)).getFirst().hostPort();
        var range = new PortBinding(Protocol.TCP, "127.0.0.1", first, first + 30, 80, false);
        var second = networks.publish("default/two", List.of(range)).getFirst().hostPort();
        assertThat(second).isBetween(first + 1, first + 30);
        var full = new PortBinding(Protocol.TCP, "127.0.0.1", first, second, 81, false);
        assertThatThrownBy(() -> networks.publish("default/two", List.of(full)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining(first + "-" + second)
                .hasMessageContaining("none is free");
    }

    @Test
    default void a_sandbox_that_is_closed_is_gone_and_closing_again_does_no_harm() {
        var networks = networks();
        networks.open("default/one", called("one"));
        networks.connect("default/one", EndpointSpec.of("bridge"));
        networks.close("default/one");
        networks.close("default/one");
        assertThat(networks.sandboxes()).isEmpty();
        assertThatThrownBy(() -> networks.sandbox("default/one")).isInstanceOf(NotFound.class);
    }

    @Test
    default void what_is_not_wanted_is_closed_and_what_is_wanted_but_gone_is_told() {
        var networks = networks();
        networks.open("default/one", called("one"));
        networks.open("default/two", called("two"));
        assertThat(networks.recover(List.of("default/two", "default/three"))).containsExactly("default/three");
        assertThat(networks.sandboxes()).extracting(Sandbox::id).containsExactly("default/two");
    }

    @Test
    default void a_container_may_be_renamed() {
        var networks = networks();
        networks.open("default/one", called("one"));
        networks.rename("default/one", "other");
        assertThat(networks.sandbox("default/one").spec().containerName()).isEqualTo("other");
        assertThat(networks.sandbox("default/one").spec().hostname()).isEqualTo("one");
    }
}
