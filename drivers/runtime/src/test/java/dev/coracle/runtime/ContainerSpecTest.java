package dev.coracle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.types.TypedBytes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContainerSpecTest {
    private static TypedBytes json(String text) {
        return new TypedBytes(TypedBytes.RUNTIME_SPEC, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ContainerSpec spec(String text) {
        return ContainerSpec.parse(json(text));
    }

    @Test
    void real_limits_are_found_with_the_controller_they_need() {
        var resources = """
                {"memory": {"limit": 1, "swap": -1}, "cpu": {"shares": 512, "cpus": "0-1"}, "pids": {"limit": 10},
                 "unified": {"io.max": "x", "memory.high": "1", "cgroup.freeze": "0"},
                 "hugepageLimits": [{"pageSize": "2MB", "limit": 0}]}""";
        assertThat(ContainerSpec.limits(json(resources)))
                .isEqualTo(Map.of(
                        "memory", "resources.memory.limit",
                        "cpu", "resources.cpu.shares",
                        "cpuset", "resources.cpu.cpus",
                        "pids", "resources.pids.limit",
                        "io", "resources.unified.io.max",
                        "hugetlb", "resources.hugepageLimits 2MB"));
    }

    @Test
    void what_repeats_the_defaults_is_no_limit() {
        var text = """
                {"linux": {"resources": {"devices": [{"allow": false}], "cpu": {"shares": 1024},
                 "memory": {"limit": -1}, "pids": {"limit": 0}}}}""";
        assertThat(spec(text).limits()).isEmpty();
        assertThat(new String(spec(text).withoutDefaultLimits().bytes(), StandardCharsets.UTF_8))
                .doesNotContain("cpu")
                .contains("devices");
    }

    @Test
    void a_limit_that_nothing_enforces_is_refused() {
        assertThatThrownBy(() -> ContainerSpec.requireControllers(
                        Map.of("memory", "resources.memory.limit"),
                        Set.of("pids"),
                        "it is not delegated",
                        "delegate it"))
                .isInstanceOfSatisfying(
                        FailedPrecondition.class,
                        failure -> assertThat(failure.remedy()).contains("delegate it"))
                .hasMessage("limit resources.memory.limit needs the cgroup controller memory: it is not delegated");
    }

    @Test
    void a_namespace_to_join_is_not_the_containers_own() {
        assertThat(spec("{\"linux\": {\"namespaces\": [{\"type\": \"pid\"}]}}").hasOwnPidNamespace())
                .isTrue();
        assertThat(spec("{\"linux\": {\"namespaces\": [{\"type\": \"pid\", \"path\": \"/proc/1/ns/pid\"}]}}")
                        .hasOwnPidNamespace())
                .isFalse();
        assertThat(spec("{}").hasOwnPidNamespace()).isFalse();
    }

    @Test
    void what_is_no_json_object_is_refused() {
        assertThatThrownBy(() -> spec("[]"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("read container specification: not a JSON object");
        assertThatThrownBy(() -> spec("{")).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void options_are_read_and_unknown_ones_refused() {
        var options = new TypedBytes(
                "containerd.runc.v1.Options",
                "{\"binaryName\": \"runc\", \"systemdCgroup\": true}".getBytes(StandardCharsets.UTF_8));
        assertThat(RuncOptions.parse(options)).isEqualTo(new RuncOptions("runc", "", true, false, false));
        assertThat(RuncOptions.parse(TypedBytes.NONE)).isEqualTo(RuncOptions.DEFAULTS);
        assertThatThrownBy(() -> RuncOptions.parse(new TypedBytes("x.y", new byte[1])))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("runtime options of type x.y are not known, expected containerd.runc.v1.Options");
    }

    @Test
    void an_added_process_has_a_terminal_when_its_streams_say_so() {
        var given = "{\"args\": [\"sh\"], \"terminal\": false}".getBytes(StandardCharsets.UTF_8);
        var process = new TypedBytes(TypedBytes.RUNTIME_PROCESS, given);
        assertThat(ContainerSpec.process(process, false)).isEqualTo(given);
        assertThat(ContainerSpec.process(process, true))
                .isEqualTo("{\"args\":[\"sh\"],\"terminal\":true}".getBytes(StandardCharsets.UTF_8));
    }
}
