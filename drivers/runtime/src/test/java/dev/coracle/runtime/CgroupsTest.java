package dev.coracle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupsTest {
    @TempDir
    Path directory;

    private Path mount;
    private Path proc;
    private Cgroups cgroups;

    @BeforeEach
    void a_machine_with_systemd() throws Exception {
        mount = directory.resolve("cgroup");
        proc = directory.resolve("proc");
        cgroups = new Cgroups(mount, proc);
        group("", "cpuset cpu io memory pids");
        group("user.slice/user-1000.slice/user@1000.service", "memory pids");
        process("self", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/coracle.service");
    }

    private Path group(String path, String controllers) throws Exception {
        var group = Files.createDirectories(mount.resolve(path));
        Files.writeString(group.resolve("cgroup.controllers"), controllers + "\n");
        Files.writeString(group.resolve("cgroup.procs"), "");
        return group;
    }

    private void process(String pid, String cgroup) throws Exception {
        Files.writeString(
                Files.createDirectories(proc.resolve(pid)).resolve("cgroup"), "1:name=systemd:/x\n" + cgroup + "\n");
    }

    @Test
    void a_container_without_a_group_stays_in_ours() throws Exception {
        process("7", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/coracle.service");
        assertThat(cgroups.of(7)).isEmpty();
        assertThat(cgroups.of(8)).isEmpty();
    }

    @Test
    void the_limits_of_a_scope_are_on_the_scope() throws Exception {
        var scope = group("user.slice/foo-bar.scope", "memory pids");
        group("user.slice/foo-bar.scope/container", "");
        process("7", "0::/user.slice/foo-bar.scope/container");
        assertThat(cgroups.of(7)).contains(scope);
    }

    @Test
    void what_systemd_may_limit_is_what_was_delegated_to_the_user() {
        assertThat(cgroups.controllers(CgroupUse.SYSTEMD)).containsExactlyInAnyOrder("memory", "pids");
        assertThat(cgroups.controllers(CgroupUse.CGROUPFS)).contains("cpu", "io");
    }

    @Test
    void a_login_session_is_limited_by_the_users_manager_too() throws Exception {
        process("self", "0::/user.slice/user-1000.slice/session-3.scope");
        assertThat(cgroups.controllers(CgroupUse.SYSTEMD)).containsExactlyInAnyOrder("memory", "pids");
    }

    @Test
    void figures_are_flat() throws Exception {
        var group = group("c", "memory");
        Files.writeString(group.resolve("memory.current"), "4096\n");
        Files.writeString(group.resolve("memory.max"), "max\n");
        Files.writeString(group.resolve("memory.stat"), "anon 1\nfile 2\n");
        Files.writeString(group.resolve("io.stat"), "8:0 rbytes=3 wbytes=4\n");
        Files.writeString(group.resolve("cpu.pressure"), "some avg10=0.00 total=5\n");
        assertThat(Cgroups.figures(group))
                .isEqualTo(Map.of(
                        "memory.current", 4096L,
                        "memory.max", Long.MAX_VALUE,
                        "memory.stat/anon", 1L,
                        "memory.stat/file", 2L,
                        "io.stat/8:0/rbytes", 3L,
                        "io.stat/8:0/wbytes", 4L,
                        "cpu.pressure/some/total", 5L));
    }

    @Test
    void processes_are_found_in_the_groups_below_too() throws Exception {
        var group = group("c", "");
        var below = group("c/d", "");
        Files.writeString(group.resolve("cgroup.procs"), "1\n");
        Files.writeString(below.resolve("cgroup.procs"), "2\n3\n");
        assertThat(Cgroups.pids(group)).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void a_group_that_went_away_holds_nobody() throws Exception {
        assertThat(Cgroups.pids(mount.resolve("gone"))).isEmpty();
    }
}
