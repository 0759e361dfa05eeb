package dev.coracle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.tasks.Stdio;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static OciRuntime.Place place(boolean isCrun, CgroupUse cgroup) {
        return new OciRuntime.Place(
                Path.of("/usr/bin/crun"), isCrun, Path.of("/s/runc/ns"), cgroup, Path.of("/b/log.json"));
    }

    @Test
    void a_runtime_is_told_where_its_state_is_and_who_makes_control_groups() {
        assertThat(OciRuntime.arguments(place(true, CgroupUse.NONE), "start", List.of(), "c"))
                .containsExactly(
                        "--root=/s/runc/ns",
                        "--log",
                        "/b/log.json",
                        "--log-format=json",
                        "--cgroup-manager=disabled",
                        "start",
                        "c");
        assertThat(OciRuntime.arguments(place(false, CgroupUse.NONE), "delete", List.of("--force"), "c"))
                .containsExactly(
                        "--root=/s/runc/ns", "--log", "/b/log.json", "--log-format=json", "delete", "--force", "c");
        assertThat(OciRuntime.arguments(place(true, CgroupUse.SYSTEMD), "start", List.of(), "c"))
                .contains("--systemd-cgroup");
        assertThat(OciRuntime.arguments(place(true, CgroupUse.CGROUPFS), "start", List.of(), "c"))
                .containsExactly("--root=/s/runc/ns", "--log", "/b/log.json", "--log-format=json", "start", "c");
    }

    @Test
    void conmon_passes_descriptors_through_when_there_is_no_terminal() {
        var request = new Conmon.Request(
                "c",
                place(false, CgroupUse.CGROUPFS),
                Path.of("/b"),
                "",
                new Stdio("", "", "", false),
                List.of("--no-pivot"));
        assertThat(Conmon.arguments(request))
                .containsExactly(
                        "--api-version=1",
                        "--cid",
                        "c",
                        "--cuuid",
                        "c",
                        "--name",
                        "c",
                        "--bundle",
                        "/b",
                        "--persist-dir",
                        "/b",
                        "--container-pidfile",
                        "/b/init.pid",
                        "--conmon-pidfile",
                        "/b/conmon.pid",
                        "--full-attach",
                        "--no-sync-log",
                        "--log-level",
                        "error",
                        "--log-path",
                        "passthrough",
                        "--runtime",
                        "/usr/bin/crun",
                        "--runtime-arg",
                        "--root=/s/runc/ns",
                        "--runtime-arg",
                        "--log",
                        "--runtime-arg",
                        "/b/log.json",
                        "--runtime-arg",
                        "--log-format=json",
                        "--runtime-opt",
                        "--no-pivot");
    }

    @Test
    void conmon_keeps_the_output_of_a_terminal_only_when_somebody_wants_it() {
        var place = place(false, CgroupUse.CGROUPFS);
        var wanted = new Conmon.Request(
                "c", place, Path.of("/b"), "/b/process.json", new Stdio("", "/pipe", "", true), List.of());
        assertThat(Conmon.arguments(wanted))
                .containsSubsequence("--log-path", "k8s-file:/b/console.log", "--terminal")
                .containsSubsequence("--exec", "--exec-process-spec", "/b/process.json");
        var unwanted = new Conmon.Request("c", place, Path.of("/b"), "", new Stdio("", "", "", true), List.of());
        assertThat(Conmon.arguments(unwanted))
                .containsSubsequence("--log-path", "none", "--terminal")
                .doesNotContain("--exec");
    }
}
