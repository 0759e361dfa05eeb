package dev.coracle.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.oci.Json;
import dev.coracle.processes.Spawner;
import dev.coracle.setup.Trials.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is found on machines that lack one thing each.
class CheckupTest {
    @TempDir
    private Path root;

    private Outcome namespaces = new Outcome(true, "");
    private Outcome overlay = new Outcome(true, "");

    @Test
    void nothing_is_amiss_on_a_good_machine() throws Exception {
        var report = report(Grounds.good(root).ground());
        assertThat(problems(report)).isEmpty();
        assertThat(report.isSatisfied()).isTrue();
        assertThat(report.block(Grounds.good(root).ground())).isEmpty();
    }

    /// How a machine differs from a good one.
    interface Change {
        void apply(Grounds grounds) throws IOException;
    }

    record Case(String name, Change change, List<String> problems, List<String> commands) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case of(String name, Change change, String problem, String... commands) {
        return new Case(name, change, List.of(problem), List.of(commands));
    }

    static Stream<Case> machines() {
        return Stream.of(
                of(
                        "no sub-ids",
                        it -> it.file("/etc/subuid", "other:100000:65536\n")
                                .file("/etc/subgid", "other:200000:65536\n"),
                        "warning sub-ids: no entry for penguin in /etc/subuid and /etc/subgid: only one user can be"
                                + " inside a container",
                        "usermod --add-subuids 165536-231071 --add-subgids 265536-331071 penguin"),
                of(
                        "no files of sub-ids",
                        it -> it.without("/etc/subuid").without("/etc/subgid"),
                        "warning sub-ids: no entry for penguin in /etc/subuid and /etc/subgid: only one user can be"
                                + " inside a container",
                        "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 penguin"),
                of(
                        "sub-uids but no sub-gids",
                        it -> it.file("/etc/subgid", ""),
                        "error sub-ids: penguin has sub-uids in /etc/subuid but no sub-gids in /etc/subgid",
                        "usermod --add-subgids 100000-165535 penguin"),
                of(
                        "too few sub-ids",
                        it -> it.file("/etc/subuid", "penguin:100000:1000\n"),
                        "warning sub-ids: penguin has 1000 sub-uids and 65536 sub-gids, fewer than 65536: files of other"
                                + " owners in images cannot be unpacked",
                        "usermod --add-subuids 101000-166535 penguin"),
                of("sub-ids by number", it -> it.file("/etc/subuid", "1001:100000:65536\n"), ""),
                of(
                        "a line that is no range",
                        it -> it.file("/etc/subuid", "penguin:many:65536\n"),
                        "error sub-ids: read sub-ids: not a range: penguin:many:65536"),
                of(
                        "sub-ids of somebody else",
                        it -> it.file("/etc/subuid", "other:200000:65536\npenguin:165536:65536\n"),
                        "notice sub-ids-shared: /etc/subuid gives ids of penguin to other as well: their containers can"
                                + " reach each other's files and processes"),
                new Case(
                        "no uidmap",
                        it -> it.without("/usr/bin/newuidmap").without("/usr/bin/newgidmap"),
                        List.of(
                                "error newuidmap: the program newuidmap is not installed",
                                "error newgidmap: the program newgidmap is not installed"),
                        List.of("apt-get update", "apt-get install -y uidmap")),
                of(
                        "no pasta, on Fedora",
                        it -> it.without("/usr/bin/pasta").file("/etc/os-release", "ID=fedora\n"),
                        "error network: nothing connects containers to the network: neither pasta nor slirp4netns is"
                                + " installed",
                        "dnf install -y passt"),
                of(
                        "slirp4netns instead of pasta",
                        it -> it.without("/usr/bin/pasta").program("slirp4netns", false),
                        "warning network: containers reach the network by slirp4netns: pasta, which is faster, is not"
                                + " installed",
                        "apt-get update",
                        "apt-get install -y passt"),
                of("runc instead of crun", it -> it.without("/usr/bin/crun").program("runc", false), ""),
                of(
                        "nothing that starts containers",
                        it -> it.without("/usr/bin/crun"),
                        "error crun: the program that starts containers is not installed: crun or runc",
                        "apt-get update",
                        "apt-get install -y crun"),
                of(
                        "no tun device",
                        it -> it.without("/dev/net/tun"),
                        "warning /dev/net/tun: there is no /dev/net/tun: containers have no network",
                        "modprobe tun"),
                of(
                        "Debian's old switch",
                        it -> it.sysctl("kernel/unprivileged_userns_clone", "0"),
                        "error kernel.unprivileged_userns_clone: kernel.unprivileged_userns_clone is 0: only root may make"
                                + " user namespaces",
                        "echo kernel.unprivileged_userns_clone=1 > /etc/sysctl.d/99-coracle.conf",
                        "sysctl --system"),
                of(
                        "no user namespaces left",
                        it -> it.sysctl("user/max_user_namespaces", "0"),
                        "error user.max_user_namespaces: user.max_user_namespaces is 0: nobody may make user namespaces",
                        "echo user.max_user_namespaces=28633 > /etc/sysctl.d/99-coracle.conf",
                        "sysctl --system"),
                of(
                        "AppArmor's restriction",
                        it -> it.sysctl("kernel/apparmor_restrict_unprivileged_userns", "1"),
                        "error apparmor: kernel.apparmor_restrict_unprivileged_userns is 1: AppArmor keeps programs"
                                + " without a profile from making user namespaces",
                        "cat > /etc/apparmor.d/coracle-unshare <<'PROFILE'",
                        "abi <abi/4.0>,",
                        "include <tunables/global>",
                        "profile coracle-unshare /usr/bin/unshare flags=(unconfined) {",
                        "  userns,",
                        "  include if exists <local/coracle-unshare>",
                        "}",
                        "PROFILE",
                        "apparmor_parser -r /etc/apparmor.d/coracle-unshare"),
                of(
                        "AppArmor's restriction with our profile",
                        it -> it.sysctl("kernel/apparmor_restrict_unprivileged_userns", "1")
                                .file("/etc/apparmor.d/coracle-unshare", ""),
                        ""),
                of(
                        "no new privileges",
                        it -> it.file("/proc/self/status", "NoNewPrivs:\t1\n"),
                        "error no-new-privs: this session runs with no_new_privs: newuidmap has no rights in it"),
                of(
                        "an ancient kernel",
                        it -> it.sysctl("kernel/osrelease", "3.10.0-1160.el7"),
                        "error kernel: the kernel is 3.10.0-1160.el7, older than 4.18"),
                of(
                        "an old kernel",
                        it -> it.sysctl("kernel/osrelease", "5.10.0"),
                        "warning kernel: the kernel is 5.10.0: before 5.11 there is no overlayfs for ordinary users",
                        "apt-get update",
                        "apt-get install -y fuse-overlayfs"),
                of(
                        "a kernel of another kind",
                        it -> it.sysctl("kernel/osrelease", "next"),
                        "notice kernel: the kernel's release \"next\" cannot be read"),
                of(
                        "hidden processes",
                        it -> it.file("/proc/mounts", "/dev/vda / ext4 rw 0 0\nproc /proc proc rw,hidepid=2 0 0\n"),
                        "notice hidepid: /proc hides other accounts' processes: top inside of containers shows their own"
                                + " only"),
                of(
                        "a home on NFS",
                        it -> it.file("/proc/mounts", "/dev/vda / ext4 rw 0 0\nnas:/home /home nfs4 rw 0 0\n"),
                        "error file-system: /home/penguin/.local/share/containerd would lie on nfs4 (/home), which refuses"
                                + " files of sub-ids"),
                of(
                        "data on a disk of its own",
                        it -> it.file(
                                        "/proc/mounts",
                                        "/dev/vda / ext4 rw 0 0\nnas:/home /home nfs4 rw 0 0\n/dev/vdb"
                                                + " /data xfs rw 0 0\n")
                                .variable("XDG_DATA_HOME", "/data/penguin"),
                        ""),
                of(
                        "a home that runs nothing",
                        it -> it.file("/proc/mounts", "/dev/vda / ext4 rw 0 0\n/dev/vdb /home ext4 rw,noexec 0 0\n"),
                        "error noexec: /home is mounted noexec: no program of an image could be started"),
                of(
                        "no cgroup v2",
                        it -> it.without(
                                "/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/cgroup.controllers"),
                        "warning cgroup: this machine has no cgroup v2 alone: containers run, a limit for one is refused"),
                new Case(
                        "cpu is not delegated, nor is cpuset",
                        it -> it.file(
                                "/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/cgroup.controllers",
                                "io memory pids\n"),
                        List.of(
                                "warning cgroup-cpu: The cgroup v2 controller \"cpu\" is not delegated for the current user"
                                        + " (\"/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/cgroup.controllers\"):"
                                        + " its limits are refused",
                                "notice cgroup-cpuset: the cgroup v2 controller \"cpuset\" is not delegated: its limits are"
                                        + " refused"),
                        List.of(
                                "mkdir -p /etc/systemd/system/user@.service.d",
                                "printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' >"
                                        + " /etc/systemd/system/user@.service.d/delegate.conf",
                                "systemctl daemon-reload")),
                of(
                        "no linger",
                        it -> it.without("/var/lib/systemd/linger/penguin"),
                        "warning linger: containers end when penguin logs out, and do not start when the machine does",
                        "loginctl enable-linger penguin"),
                of(
                        "no bus of the session",
                        it -> it.without("/run/user/1001/bus"),
                        "warning bus: there is no D-Bus of the session at /run/user/1001/bus: containers cannot get cgroups,"
                                + " and their limits are refused",
                        "apt-get update",
                        "apt-get install -y dbus-user-session"),
                of(
                        "no runtime directory",
                        it -> it.variable("XDG_RUNTIME_DIR", "/run/user/7"),
                        "error runtime-directory: XDG_RUNTIME_DIR (\"/run/user/7\") is not set, does not exist, or is not"
                                + " writable"),
                new Case(
                        "root",
                        it -> it.uid(0).file("/etc/subuid", "penguin:165536:65536\n"),
                        List.of(
                                "error account: this is root: rootless containers are for ordinary accounts",
                                "warning cgroup: this machine has no cgroup v2 alone: containers run, a limit for one is"
                                        + " refused"),
                        List.of()),
                new Case(
                        "low ports, ping and inotify",
                        it -> it.sysctl("net/ipv4/ip_unprivileged_port_start", "1024")
                                .sysctl("net/ipv4/ping_group_range", "1\t0")
                                .sysctl("fs/inotify/max_user_instances", "128"),
                        List.of(
                                "notice ports: ports below 1024 cannot be published",
                                "notice ping: ping does not reach out of containers: net.ipv4.ping_group_range leaves this"
                                        + " account out",
                                "notice inotify-instances: fs.inotify.max_user_instances is 128 for all containers"
                                        + " together"),
                        List.of(
                                "echo net.ipv4.ip_unprivileged_port_start=0 >> /etc/sysctl.d/99-coracle.conf",
                                "echo 'net.ipv4.ping_group_range=0 2147483647' >> /etc/sysctl.d/99-coracle.conf",
                                "echo fs.inotify.max_user_instances=512 >> /etc/sysctl.d/99-coracle.conf",
                                "sysctl --system")));
    }

    @ParameterizedTest
    @MethodSource("machines")
    void what_is_amiss_is_found_and_mended(Case machine) throws Exception {
        var grounds = Grounds.good(root);
        machine.change().apply(grounds);
        var report = report(grounds.ground());
        assertThat(problems(report))
                .containsExactlyElementsOf(machine.problems().equals(List.of("")) ? List.of() : machine.problems());
        assertThat(report.rootCommands(grounds.ground())).containsExactlyElementsOf(machine.commands());
        assertThat(report.isSatisfied())
                .isEqualTo(machine.problems().stream().noneMatch(text -> text.startsWith("error")));
    }

    @Test
    void a_program_that_lost_its_rights_is_found() throws Exception {
        var grounds = Grounds.good(root).without("/usr/bin/newuidmap").program("newuidmap", false);
        var report = report(grounds.ground());
        assertThat(problems(report)).singleElement().asString().contains("newuidmap has lost its rights");
        assertThat(report.rootCommands(grounds.ground())).containsExactly("chmod u+s /usr/bin/newuidmap");
    }

    @Test
    void what_was_tried_in_vain_says_what_the_kernel_said() throws Exception {
        namespaces = new Outcome(false, "unshare: unshare failed: Operation not permitted");
        overlay = new Outcome(false, "mount: wrong fs type");
        var report = report(Grounds.good(root).ground());
        assertThat(problems(report))
                .containsExactly(
                        "error rootlesskit: RootlessKit failed: unshare: unshare failed: Operation not permitted",
                        "warning overlayfs: Overlayfs is not enabled, consider fuse-overlayfs instead"
                                + " (`containerd-rootless-setuptool.sh install-fuse-overlayfs`): mount: wrong fs type");
        assertThat(report.isSatisfied()).isFalse();
    }

    @Test
    void a_person_reads_what_is_amiss_and_one_block_to_paste() throws Exception {
        var grounds =
                Grounds.good(root).without("/var/lib/systemd/linger/penguin").without("/usr/bin/pasta");
        var out = new ByteArrayOutputStream();
        var print = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (var spawner = Spawner.open()) {
            new Checkup(Checkup.probes(spawner, trials()), grounds.ground()).tell(new Messages(print, print, false));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                [INFO] Checking the session
                [WARNING] containers end when penguin logs out, and do not start when the machine does
                [INFO] Checking sub-ids
                [INFO] Checking newuidmap and newgidmap
                [INFO] Checking user namespaces
                [INFO] Checking the kernel
                [INFO] Checking the file system
                [INFO] Checking programs and devices
                [ERROR] nothing connects containers to the network: neither pasta nor slirp4netns is installed
                [INFO] Checking RootlessKit functionality
                [INFO] Checking cgroup v2
                [INFO] Checking overlayfs
                [INFO] Checking the kernel's limits
                [INFO] Paste this to mend what was found, or as much of it as you want; it asks for the password of sudo:
                cat <<'EOF' | sudo sh -eux
                apt-get update
                apt-get install -y passt
                loginctl enable-linger penguin
                EOF
                [ERROR] Requirements are not satisfied: no container would run
                """);
    }

    @Test
    void a_program_reads_the_same_as_json() throws Exception {
        var ground = Grounds.good(root).without("/usr/bin/pasta").ground();
        var json = Json.object(report(ground).json(ground).getBytes(StandardCharsets.UTF_8), "report");
        assertThat(json.get("satisfied").booleanValue()).isFalse();
        assertThat(json.get("block").stringValue()).contains("apt-get install -y passt");
        var network = new ArrayList<String>();
        json.get("findings").forEach(finding -> {
            if (finding.get("subject").stringValue().equals("network")) {
                network.add(finding.get("level").stringValue() + " "
                        + finding.get("packages").get(0).stringValue());
            }
        });
        assertThat(network).containsExactly("error passt");
    }

    private Trials trials() {
        return new Trials() {
            @Override
            public Outcome namespaces() {
                return namespaces;
            }

            @Override
            public Outcome overlay() {
                return overlay;
            }
        };
    }

    private Report report(Ground ground) throws IOException, InterruptedException {
        try (var spawner = Spawner.open()) {
            return new Checkup(Checkup.probes(spawner, trials()), ground).look();
        }
    }

    private static List<String> problems(Report report) {
        return report.findings().stream()
                .filter(finding -> !(finding instanceof Finding.Fine))
                .map(finding -> finding.level() + " " + finding.subject() + ": " + finding.text())
                .toList();
    }
}
