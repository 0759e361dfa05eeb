package dev.coracle.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuntimeSpecTest {
    @Test
    void the_default_isolates() {
        var spec = DefaultSpec.withDevices("/ns/id").json();
        assertThat(Json.compact(spec.at("/linux/namespaces")))
                .isEqualTo("[{\"type\":\"pid\"},{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"mount\"},"
                        + "{\"type\":\"network\"}]");
        assertThat(spec.at("/process/capabilities/bounding")).hasSize(14);
        assertThat(spec.at("/process/noNewPrivileges").asBoolean()).isTrue();
        assertThat(Json.compact(spec.at("/linux/resources/devices/0")))
                .isEqualTo("{\"allow\":false,\"access\":\"rwm\"}");
        assertThat(spec.at("/linux/resources/devices")).hasSize(10);
        assertThat(spec.at("/mounts")).hasSize(7);
        assertThat(spec.at("/linux/cgroupsPath").asString()).isEqualTo("/ns/id");
    }

    @Test
    void what_is_not_known_survives() {
        var text = "{\"ociVersion\":\"9\",\"future\":{\"a\":[1]},\"process\":{\"args\":[\"x\"],\"new\":true}}";
        var spec = RuntimeSpec.parse(text.getBytes(StandardCharsets.UTF_8)).args(List.of("y"));
        assertThat(new String(spec.bytes(), StandardCharsets.UTF_8)).isEqualTo(text.replace("\"x\"", "\"y\""));
    }

    @Test
    void the_environment_is_replaced_in_place_and_removed_by_a_bare_name() {
        var spec = DefaultSpec.of("/x").env(List.of("A=1", "B=2")).env(List.of("C=3", "A=4", "B"));
        assertThat(spec.env()).containsExactly("A=4", "C=3");
        assertThat(spec.envBelow(List.of("PATH=/bin", "A=0")).env()).containsExactly("PATH=/bin", "A=4", "C=3");
    }

    @Test
    void the_main_group_is_the_first_of_the_additional_ones() {
        var spec = DefaultSpec.of("/x").user(5, 6).additionalGroups(List.of(7L, 6L));
        assertThat(Json.compact(spec.json().at("/process/user")))
                .isEqualTo("{\"uid\":5,\"gid\":6,\"additionalGids\":[6,7]}");
    }

    @Test
    void flags_change_what_they_say() {
        var spec = DefaultSpec.of("/x")
                .cgroupsPath("")
                .hostNamespace("network")
                .namespace("pid", "/proc/1/ns/pid")
                .withoutMounts(Set.of("/run"))
                .addCapabilities(List.of("CAP_SYS_ADMIN", "CAP_KILL"))
                .dropCapabilities(List.of("CAP_CHOWN"))
                .memoryLimit(1024)
                .cpuQuota(OptionalLong.of(50), OptionalLong.empty())
                .annotations(Map.of("a", "b"))
                .rlimit("RLIMIT_NOFILE", 1, 2);
        var tree = spec.json();
        assertThat(tree.at("/linux/cgroupsPath").isMissingNode()).isTrue();
        assertThat(Json.compact(tree.at("/linux/namespaces")))
                .doesNotContain("network")
                .contains("/proc/1/ns/pid");
        assertThat(tree.at("/mounts")).hasSize(6);
        assertThat(tree.at("/process/capabilities/effective")).hasSize(14);
        assertThat(Json.compact(tree.at("/linux/resources/cpu"))).isEqualTo("{\"quota\":50}");
        assertThat(tree.at("/process/rlimits")).hasSize(1);
    }
}
