package dev.coracle.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SeccompProfileTest {
    private static Set<String> allowed(ObjectNode profile) {
        var names = new HashSet<String>();
        for (var call : profile.path("syscalls")) {
            if (call.path("action").asString("").equals("SCMP_ACT_ALLOW")
                    && call.path("args").isMissingNode()) {
                call.path("names").forEach(name -> names.add(name.asString("")));
            }
        }
        return names;
    }

    @Test
    void ordinary_calls_are_let_through_and_dangerous_ones_are_not() {
        var names = allowed(SeccompProfile.standard(Set.of("CAP_CHOWN"), "amd64"));
        assertThat(names).contains("read", "openat2", "futex", "epoll_pwait2", "arch_prctl");
        assertThat(names).doesNotContain("mount", "bpf", "init_module", "kexec_load", "keyctl", "clone", "unshare");
    }

    @Test
    void capabilities_bring_the_calls_they_are_for() {
        assertThat(allowed(SeccompProfile.standard(Set.of("CAP_SYS_ADMIN"), "amd64")))
                .contains("mount", "bpf", "clone", "clone3", "unshare");
        assertThat(allowed(SeccompProfile.standard(Set.of("CAP_SYS_TIME"), "arm64")))
                .contains("settimeofday")
                .doesNotContain("arch_prctl");
    }

    @Test
    void a_profile_in_dockers_json_is_decided_for_the_process() {
        var json = """
                {"defaultAction": "SCMP_ACT_ERRNO",
                 "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}],
                 "syscalls": [
                  {"names": ["a"], "action": "SCMP_ACT_ALLOW", "includes": {}, "excludes": {}, "comment": "x"},
                  {"names": ["b"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
                  {"names": ["c"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_CHOWN"]}},
                  {"names": ["d"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["s390"]}}]}
                """.getBytes(StandardCharsets.UTF_8);
        var profile = SeccompProfile.decided(json, Set.of("CAP_CHOWN"), "amd64");
        assertThat(allowed(profile)).containsExactly("a");
        assertThat(profile.has("archMap")).isFalse();
        assertThat(profile.path("architectures").get(0).asString("")).isEqualTo("SCMP_ARCH_X86_64");
        assertThat(profile.path("syscalls").get(0).has("comment")).isFalse();
    }
}
