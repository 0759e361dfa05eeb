package dev.coracle.integration.rootlesskit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RootlesskitTest {
    private Launcher launcher;

    @BeforeEach
    void open() throws Exception {
        launcher = new Launcher();
    }

    @AfterEach
    void close() throws Exception {
        launcher.close();
    }

    @Test
    void the_command_is_root_with_all_rights_and_all_sub_ids() throws Exception {
        var ended = launcher.run(
                "sh", "-c", "id -u; id -g; cat /proc/self/uid_map; grep -E '^(Cap|Sig[BI])' /proc/self/status");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
        var lines = ended.out().lines().map(String::strip).toList();
        assertThat(lines).startsWith("0", "0");
        assertThat(lines.get(2)).startsWith("0 ").endsWith(" 1");
        assertThat(lines.get(3)).startsWith("1 ").endsWith(" 65536");
        assertThat(lines)
                .contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "CapAmb:\t0000000000000000")
                .contains("CapInh:\t0000000000000000")
                .anyMatch(line -> line.matches("CapEff:\t0+1?f+"));
    }

    @Test
    void the_environment_is_the_callers_with_three_variables_more() throws Exception {
        var ended = launcher.run(Map.of("LC_ALL", "C", "ODD", "a b"), "env");
        assertThat(ended.out().lines())
                .contains("LC_ALL=C", "ODD=a b", "ROOTLESSKIT_STATE_DIR=" + launcher.state())
                .anyMatch(line -> line.matches("ROOTLESSKIT_PARENT_EUID=[1-9]\\d*"))
                .anyMatch(line -> line.matches("ROOTLESSKIT_PARENT_EGID=[1-9]\\d*"))
                .noneMatch(line -> line.startsWith("CORACLE_CALLER") || line.startsWith("_"));
    }

    /// A shell that assigns a variable exports it if the caller had: no name of a script may be one of the caller's.
    @Test
    void whatever_the_caller_has_exported_arrives_unchanged() throws Exception {
        var exported = new TreeMap<String, String>();
        var tree = Path.of(System.getProperty("coracle.tree"));
        for (var script : List.of("bin/rootlesskit", "libexec/launch.sh")) {
            Pattern.compile("\\b([a-z][a-z_]*)=|\\b(?:for|read -r) ([a-z][a-z_]*)")
                    .matcher(Files.readString(tree.resolve(script)))
                    .results()
                    .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                    .filter(name -> !name.startsWith("coracle_"))
                    .forEach(name -> exported.put(name, name + " of the caller"));
        }
        for (var name :
                "net pid tree word flag heap main self cache file first line program before room jar LANG LANGUAGE"
                        .split(" ")) {
            exported.put(name, "  \"" + name + "\"\t$HOME 'of' the=caller ");
        }
        exported.put("LC_ALL", "");
        var ended = launcher.run(exported, "env", "-0");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out().split("\0"))
                .contains(exported.entrySet().stream().map(Object::toString).toArray(String[]::new));
    }

    @Test
    void only_standard_descriptors_are_inherited() throws Exception {
        assertThat(launcher.run("sh", "-c", "ls /proc/$$/fd").out().lines()).containsExactlyInAnyOrder("0", "1", "2");
    }

    @ParameterizedTest
    @CsvSource({"exit 0,0", "exit 7,7", "exit 138,138", "kill -TERM $$,255", "kill -KILL $$,255", "kill -USR1 $$,255"})
    void the_status_is_the_commands(String script, int status) throws Exception {
        for (var flags : new String[] {"--pidns=false", "--pidns"}) {
            var ended = launcher.run(flags, "sh", "-c", script);
            assertThat(ended.status()).isEqualTo(status);
            if (status == 0) {
                assertThat(ended.err()).isEmpty();
            } else {
                assertThat(ended.err())
                        .contains("[rootlesskit:child ] error: command [sh -c " + script + "] exited: ")
                        .contains("[rootlesskit:parent] error: child exited: exit status " + status + "\n");
            }
            assertThat(launcher.state()).doesNotExist();
        }
    }

    @Test
    void the_guides_line_works_and_can_be_entered() throws Exception {
        var process = launcher.start(
                "--net=slirp4netns",
                "--copy-up=/etc",
                "--copy-up=/run",
                "sh",
                "-c",
                "rm -f /run/containerd; mkdir /run/containerd; echo mine > /etc/coracle-test; exec sleep 600");
        Awaitility.await()
                .until(() -> launcher.inside("cat", "/etc/coracle-test").status() == 0);
        assertThat(launcher.inside("stat", "-c", "%u %a", "/etc", "/run/containerd")
                        .out())
                .isEqualTo("0 755\n0 755\n");
        assertThat(launcher.inside("cat", "/etc/resolv.conf").out()).startsWith("nameserver 10.0.2.3\n");
        assertThat(launcher.inside("cat", "/etc/hosts").out()).contains("127.0.0.1 ");
        assertThat(launcher.inside("ls", "/sys/class/net").out().lines()).containsExactlyInAnyOrder("lo", "tap0");
        assertThat(launcher.inside("ip", "-o", "route").out()).contains("default via 10.0.2.2 dev tap0");
        assertThat(Path.of("/etc/coracle-test")).doesNotExist();
        try (var names = Files.list(Path.of("/etc"))) {
            // the new file and the hidden name of the original are added
            assertThat(launcher.inside("sh", "-c", "ls -A /etc | wc -l").out().strip())
                    .isEqualTo(Long.toString(names.count() + 2));
        }
        Launcher.signal(process.pid(), "TERM");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(255);
        assertThat(launcher.state()).doesNotExist();
        assertThat(launcher.processes()).isEmpty();
    }

    @Test
    void the_host_replacing_a_file_is_seen_through_a_copy_up() throws Exception {
        var directory = Files.createDirectory(launcher.directory().resolve("copied"));
        Files.writeString(directory.resolve("file"), "old");
        Files.createDirectory(directory.resolve("inner"));
        Files.createSymbolicLink(directory.resolve("inner/out"), Path.of("../../beside"));
        Files.writeString(directory.resolve("inner/plain"), "plain");
        Files.writeString(launcher.directory().resolve("beside"), "beside");
        launcher.start("--copy-up=" + directory, "sleep", "600");
        var fresh = launcher.directory().resolve("fresh");
        Files.writeString(fresh, "new");
        Files.move(fresh, directory.resolve("file"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        assertThat(launcher.insideMounts(
                                "cat", directory + "/file", directory + "/inner/out", directory + "/inner/plain")
                        .out())
                .isEqualTo("newbesideplain");
    }

    @ParameterizedTest
    @CsvSource({"slirp4netns,", "pasta,", "slirp4netns,--detach-netns", "pasta,--detach-netns", "none,--detach-netns"})
    void a_network_is_connected_and_goes_with_the_parent(String net, String more) throws Exception {
        var flag = more == null ? "--detach-netns=false" : more;
        var process = launcher.start("--net=" + net, flag, "--disable-host-loopback", "sleep", "600");
        var addresses = (more == null
                        ? launcher.inside("ip", "-o", "-4", "addr")
                        : launcher.insideMounts(
                                "nsenter", "--net=" + launcher.state().resolve("netns"), "ip", "-o", "-4", "addr"))
                .out();
        assertThat(addresses).contains("127.0.0.1/8");
        if (!net.equals("none")) {
            assertThat(addresses).contains("tap0").contains("10.0.2.100/24");
        }
        Launcher.signal(process.pid(), "KILL");
        Awaitility.await("everything to end")
                .atMost(Duration.ofSeconds(10))
                .until(() -> children(process.pid()).isEmpty()
                        && launcher.processes().isEmpty());
        // what a killed one leaves is taken over by the next
        assertThat(launcher.childPidFile()).exists();
        assertThat(launcher.run("true").status()).isZero();
        assertThat(launcher.state()).doesNotExist();
    }

    private static List<ProcessHandle> children(long pid) {
        return ProcessHandle.allProcesses()
                .filter(handle ->
                        handle.parent().filter(parent -> parent.pid() == pid).isPresent())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--pidns=false", "--pidns"})
    void every_signal_reaches_the_command(String flag) throws Exception {
        var process = launcher.start(flag, "bash", "-c", """
                for s in HUP INT QUIT USR1 USR2 TERM ALRM WINCH RTMIN+3; do trap "echo got $s" $s; done
                trap "echo bye; exit 9" PWR
                echo ready
                while :; do sleep 0.05; done
                """);
        launcher.awaitLog("ready");
        for (var signal : List.of("HUP", "INT", "QUIT", "USR1", "USR2", "TERM", "ALRM", "WINCH", "RTMIN+3")) {
            Launcher.signal(process.pid(), signal);
            launcher.awaitLog("got " + signal);
        }
        Launcher.signal(process.pid(), "PWR");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(9);
    }

    @Test
    void a_signal_during_the_start_leaves_nothing() throws Exception {
        for (var milliseconds : new int[] {0, 60, 120, 200, 300}) {
            var process = launcher.launch("--net=slirp4netns", "--copy-up=/etc", "sleep", "600");
            assertThat(process.waitFor(milliseconds, TimeUnit.MILLISECONDS)).isFalse();
            Launcher.signal(process.pid(), "TERM");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isNotZero();
            Awaitility.await().until(() -> launcher.processes().isEmpty());
            assertThat(launcher.state()).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--pidns=false", "--pidns"})
    void sockets_of_a_service_manager_reach_the_command_under_its_own_pid(String flag) throws Exception {
        var file = Files.writeString(launcher.directory().resolve("three"), "handed on");
        var ended = launcher.runRaw(
                Map.of(),
                List.of(
                        "bash",
                        "-c",
                        "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\" 3<" + file,
                        "bash",
                        Launcher.program(),
                        "--state-dir=" + launcher.state(),
                        flag,
                        "sh",
                        "-c",
                        "[ $$ = $LISTEN_PID ] && [ $LISTEN_FDS = 1 ] && cat <&3"));
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).isEqualTo("handed on");
    }

    /// What nerdctl's and Docker's scripts run, and what their scripts do inside and their clients outside.
    @ParameterizedTest
    @ValueSource(strings = {"--detach-netns", "--detach-netns=false"})
    void the_line_of_launch_scripts_works_as_they_use_it(String detach) throws Exception {
        var process = launcher.start(
                "--net=slirp4netns",
                "--mtu=65520",
                "--slirp4netns-sandbox=auto",
                "--slirp4netns-seccomp=auto",
                "--disable-host-loopback",
                "--port-driver=builtin",
                "--copy-up=/etc",
                "--copy-up=/run",
                "--copy-up=/var/lib",
                "--propagation=rslave",
                detach,
                "--ipv6",
                "sh",
                "-ec",
                """
                rm -f /run/containerd /run/xtables.lock /var/lib/containerd /etc/containerd /etc/ssl
                mkdir /run/containerd /var/lib/containerd /etc/ssl
                mkdir "$0/ours"
                mount --bind "$0/ours" /var/lib/containerd
                mount --rbind "$(realpath /etc/.ro*/ssl)" /etc/ssl
                ls /etc/ssl/certs >/dev/null
                echo served >/run/containerd/containerd.sock
                mount -t tmpfs none "$0/ours"
                echo "$(id -u) $ROOTLESSKIT_STATE_DIR $ROOTLESSKIT_PARENT_EUID $ROOTLESSKIT_PARENT_EGID"
                exec sleep 600""",
                launcher.directory().toString());
        var euid = Files.getAttribute(launcher.directory(), "unix:uid");
        var egid = Files.getAttribute(launcher.directory(), "unix:gid");
        launcher.awaitLog("0 " + launcher.state() + " " + euid + " " + egid);
        var root = Path.of("/proc", Long.toString(launcher.childPid()), "root");
        assertThat(Files.readString(root.resolve("run/containerd/containerd.sock")))
                .isEqualTo("served\n");
        var netns = launcher.state().resolve("netns");
        if (detach.equals("--detach-netns")) {
            // from outside it is a file, and tells clients that the child is in the host's network
            assertThat(netns).isRegularFile();
            assertThat(launcher.insideMounts("nsenter", "--net=" + netns, "ip", "-o", "addr")
                            .out())
                    .contains("tap0");
        } else {
            assertThat(netns).doesNotExist();
            assertThat(launcher.inside("ip", "-o", "addr").out()).contains("tap0");
        }
        Launcher.signal(process.pid(), "TERM");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.state()).doesNotExist();
    }

    /// RootlessKit 3.0 with pasta leaves it open.
    @ParameterizedTest
    @ValueSource(strings = {"slirp4netns", "pasta"})
    void the_hosts_loopback_is_closed_in_every_direction(String net) throws Exception {
        var loopback = java.net.InetAddress.ofLiteral("127.0.0.1");
        var loopback6 = java.net.InetAddress.ofLiteral("::1");
        try (var tcp = new java.net.ServerSocket(0, 50, loopback);
                var tcp6 = new java.net.ServerSocket(tcp.getLocalPort(), 50, loopback6);
                var udp = new java.net.DatagramSocket(tcp.getLocalPort(), loopback)) {
            var script = "for to in 127.0.0.1 ::1 10.0.2.2 10.0.2.3; do"
                    + " timeout 2 bash -c \"echo x >/dev/tcp/$to/$0\" 2>/dev/null && echo reached $to;"
                    + " bash -c \"echo x >/dev/udp/$to/$0\" 2>/dev/null; done; echo done";
            var port = Integer.toString(tcp.getLocalPort());
            assertThat(launcher.run("--net=" + net, "--disable-host-loopback", "--ipv6", "bash", "-c", script, port)
                            .out())
                    .isEqualTo("done\n");
            for (var server : List.of(tcp, tcp6)) {
                server.setSoTimeout(1);
                assertThatThrownBy(server::accept).isInstanceOf(java.net.SocketTimeoutException.class);
            }
            udp.setSoTimeout(1);
            assertThatThrownBy(() -> udp.receive(new java.net.DatagramPacket(new byte[9], 9)))
                    .isInstanceOf(java.net.SocketTimeoutException.class);
            // open, the gateway is the way there: the test would notice
            assertThat(launcher.run("--net=" + net, "bash", "-c", script, port).out())
                    .contains("reached 10.0.2.2\n");
        }
    }

    /// The child is one of ours that says so much and dies.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void a_child_that_dies_behind_any_message_ends_the_start(int messages) throws Exception {
        var home = Files.createDirectories(launcher.directory().resolve("java/bin"));
        var real = Path.of(System.getProperty("java.home"));
        Files.copy(real.resolve("release"), home.resolveSibling("release"));
        var executable = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(Files.createFile(home.resolve("java"), executable), """
                #!/bin/sh
                case " $* " in
                *ChildMain*)
                    shift $(($# - 2))
                    exec %1$s -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '%2$s' %3$s %4$d "$@"
                    ;;
                esac
                exec %1$s "$@"
                """.formatted(
                real.resolve("bin/java"),
                System.getProperty("java.class.path") + ":" + Path.of(System.getProperty("coracle.tree"), "lib") + "/*",
                DyingChild.class.getName(),
                messages));
        var ended = launcher.runRaw(
                Map.of("JAVA_HOME", launcher.directory().resolve("java").toString()),
                List.of(
                        Launcher.program(),
                        "--state-dir=" + launcher.state(),
                        "--net=slirp4netns",
                        "--disable-host-loopback",
                        "sleep",
                        "600"));
        if (ended.err().contains("create a user namespace: unshare ended with exit status 77")) {
            // before the parent has looked whether there is one
            assertThat(messages).isLessThan(2);
            assertThat(ended.status()).isEqualTo(1);
        } else {
            assertThat(ended.status()).as(ended.err()).isEqualTo(77);
            assertThat(ended.err()).contains("[rootlesskit:parent] error: child exited");
        }
        assertThat(launcher.state()).doesNotExist();
        assertThat(launcher.processes()).isEmpty();
    }

    /// RootlessKit waits for ever when its child dies before it has said something.
    @Test
    void a_child_that_dies_at_any_step_of_the_start_ends_it() throws Exception {
        for (var milliseconds : new int[] {0, 40, 90, 150, 250}) {
            var process = launcher.launch("--net=slirp4netns", "--copy-up=/etc", "sleep", "600");
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> !process.isAlive() || child(process).isPresent());
            assertThat(process.waitFor(milliseconds, TimeUnit.MILLISECONDS)).isFalse();
            child(process).ifPresent(ProcessHandle::destroyForcibly);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isNotZero();
            Awaitility.await().until(() -> launcher.processes().isEmpty());
            assertThat(launcher.state()).doesNotExist();
        }
    }

    private static java.util.Optional<ProcessHandle> child(Process rootlesskit) {
        return rootlesskit
                .children()
                .filter(handle -> {
                    var line = Launcher.commandLine(handle.pid());
                    return line.contains("unshare ") || line.contains("ChildMain") || line.startsWith("sleep ");
                })
                .findFirst();
    }

    @ParameterizedTest
    @CsvSource({"slirp4netns,--detach-netns=false", "pasta,--detach-netns=false", "slirp4netns,--detach-netns"})
    void a_network_driver_that_dies_is_started_again(String net, String detach) throws Exception {
        var process = launcher.start("--net=" + net, detach, "--disable-host-loopback", "sleep", "600");
        var driver = driver(process, net).orElseThrow();
        driver.destroyForcibly();
        launcher.awaitLogContaining("the network driver died and was started again");
        assertThat(driver(process, net)).isPresent().get().isNotEqualTo(driver);
        var addresses = detach.equals("--detach-netns")
                ? launcher.insideMounts("nsenter", "--net=" + launcher.state().resolve("netns"), "ip", "-o", "addr")
                : launcher.inside("ip", "-o", "addr");
        assertThat(addresses.out()).contains("tap0").contains("10.0.2.100/24");
        Launcher.signal(process.pid(), "TERM");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.processes()).isEmpty();
    }

    private static java.util.Optional<ProcessHandle> driver(Process rootlesskit, String name) {
        return rootlesskit
                .children()
                .filter(handle -> Launcher.commandLine(handle.pid()).contains(name))
                .findFirst();
    }

    @Test
    void namespaces_are_new_when_asked_for() throws Exception {
        var flags = List.of("mnt", "user", "pid", "cgroup", "uts", "ipc");
        var ended = launcher.run(
                "--pidns",
                "--cgroupns",
                "--utsns",
                "--ipcns",
                "sh",
                "-c",
                "for n in mnt user pid cgroup uts ipc net; do readlink /proc/self/ns/$n; done; ps -o pid= -e | wc -l");
        var links = ended.out().lines().toList();
        for (var i = 0; i < flags.size(); i++) {
            assertThat(links.get(i))
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", flags.get(i)))
                            .toString());
        }
        assertThat(links.get(6))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
        assertThat(Integer.parseInt(links.get(7).strip())).isLessThan(6);
    }

    @Test
    void what_the_host_adds_and_removes_is_seen_through_a_copy_up() throws Exception {
        var directory = Files.createDirectory(launcher.directory().resolve("copied"));
        for (var name : List.of("kept", "taken", "gone")) {
            Files.writeString(directory.resolve(name), name);
        }
        launcher.start("--copy-up=" + directory, "sleep", "600");
        launcher.insideMounts("sh", "-c", "cd \"$0\" && rm taken gone && echo mine >taken", directory.toString());
        Files.delete(directory.resolve("taken"));
        Files.delete(directory.resolve("kept"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("../elsewhere"));
        Files.createDirectory(directory.resolve("new"));
        Files.writeString(directory.resolve("new/file"), "text");
        Awaitility.await()
                .untilAsserted(() -> assertThat(launcher.insideMounts("ls", directory.toString())
                                .out())
                        .isEqualTo("link\nnew\ntaken\n"));
        assertThat(launcher.insideMounts("cat", directory + "/new/file", directory + "/taken")
                        .out())
                .isEqualTo("textmine\n");
        assertThat(launcher.insideMounts("readlink", directory + "/link").out()).isEqualTo("../elsewhere\n");
        // what was removed inside stays so when the host writes it anew
        Files.writeString(directory.resolve("gone.new"), "fresh");
        Files.move(
                directory.resolve("gone.new"),
                directory.resolve("gone"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(directory.resolve("last"), "last");
        Awaitility.await()
                .untilAsserted(() -> assertThat(launcher.insideMounts("ls", directory.toString())
                                .out())
                        .isEqualTo("last\nlink\nnew\ntaken\n"));
    }

    /// The launch script guesses from the flags what to start beside the program, which looks at them thoroughly.
    @ParameterizedTest
    @CsvSource({"--pidns", "-pidns", "--pidns=1", "--pidns=t", "--pidns=false --pidns=true"})
    void a_flag_is_one_in_all_its_spellings(String flags) throws Exception {
        var words = new java.util.ArrayList<>(List.of(flags.split(" ")));
        words.addAll(List.of("-net", "none", "sh", "-c", "readlink /proc/self/ns/pid; ls /sys/class/net"));
        var ended = launcher.run(words.toArray(String[]::new));
        assertThat(ended.err()).isEmpty();
        var lines = ended.out().lines().toList();
        assertThat(lines.getFirst())
                .startsWith("pid:[")
                .isNotEqualTo(
                        Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
        assertThat(lines.subList(1, lines.size())).containsExactly("lo");
        assertThat(launcher.processes()).isEmpty();
    }

    @Test
    void a_flag_of_the_command_is_not_ours() throws Exception {
        var ended = launcher.run("--debug=false", "sh", "-c", "readlink /proc/self/ns/net", "--net=none", "--pidns");
        assertThat(ended.out().strip())
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
    }

    @Test
    void what_comes_in_reaches_the_command_and_its_group_gets_the_terminals_signals() throws Exception {
        var script = "echo said | \"$0\" --state-dir=\"$1\" sh -c 'read -r line; echo $line; kill -INT $$; echo no'";
        var ended = launcher.runRaw(
                Map.of(),
                List.of("sh", "-c", script, Launcher.program(), launcher.state().toString()));
        assertThat(ended.status()).isEqualTo(255);
        assertThat(ended.out()).isEqualTo("said\n");
    }

    @Test
    void with_nothing_to_read_it_starts_as_well() throws Exception {
        var ended = launcher.runRaw(
                Map.of(),
                List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" --state-dir=\"$1\" echo done <&-",
                        Launcher.program(),
                        launcher.state().toString()));
        assertThat(ended.out()).isEqualTo("done\n");
    }

    @Test
    void orphans_are_collected_by_the_first_process() throws Exception {
        var ended =
                launcher.run("--pidns", "sh", "-c", "(sh -c 'sleep 0.1' &) ; sleep 0.5; ps -o stat= -e | grep -c Z");
        assertThat(ended.out().strip()).isEqualTo("0");
    }

    @Test
    void a_second_one_with_the_same_state_directory_is_refused() throws Exception {
        launcher.start("sleep", "600");
        var second = launcher.run("true");
        assertThat(second.status()).isEqualTo(1);
        assertThat(second.err())
                .isEqualTo("[rootlesskit:parent] error: failed to lock "
                        + launcher.state().resolve("lock")
                        + ", another RootlessKit is running with the same state directory?\n");
        assertThat(launcher.childPidFile()).exists();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nosuch | [rootlesskit:child ] error: command [nosuch] exited: exec: "nosuch": executable file not found in $PATH
                    --copy-up=/nonexistent true | [rootlesskit:child ] error: failed to create bind mount on /nonexistent: no such file or directory
                    --net=x true | [rootlesskit:parent] error: unknown network mode: x
                    --copy-up=/proc true | [rootlesskit:parent] error: /proc cannot be copied up: its entries are processes, which come and go
                    --net=none | [rootlesskit:parent] error: no command specified
                    --net=slirp4netns --slirp4netns-binary=nosuch true | [rootlesskit:parent] error: connect the network: the program nosuch is not found
                    """)
    void a_failure_is_said_and_leaves_nothing(String words, String line) throws Exception {
        var ended = launcher.run(words.split(" "));
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err().lines()).contains(line);
        assertThat(launcher.state()).doesNotExist();
    }

    @Test
    void under_no_new_privs_it_says_why_it_cannot() throws Exception {
        var ended = launcher.runRaw(
                Map.of(),
                List.of("setpriv", "--no-new-privs", Launcher.program(), "--state-dir=" + launcher.state(), "true"));
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("map sub-ids: newuidmap ")
                .contains("hint: this session runs with no_new_privs");
        assertThat(launcher.state()).doesNotExist();
    }

    @Test
    void without_a_state_directory_one_is_made_and_removed() throws Exception {
        var ended = launcher.runRaw(
                Map.of(),
                List.of(
                        Launcher.program(),
                        "sh",
                        "-c",
                        "until ls -d $ROOTLESSKIT_STATE_DIR/child_pid; do sleep 0.05; done"));
        assertThat(ended.out()).startsWith(launcher.directory() + "/rootlesskit");
        assertThat(Path.of(ended.out().strip()).getParent()).doesNotExist();
    }

    @Test
    void help_and_version_have_the_shape_scripts_expect() throws Exception {
        assertThat(launcher.run("--help").out()).contains("--detach-netns");
        assertThat(launcher.run("--version").out()).matches("rootlesskit version 3\\.\\d+\\.\\d+\\S*\n");
        var wrong = launcher.run("--foo");
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.out()).startsWith("Incorrect Usage: flag provided but not defined: -foo\n");
        assertThat(wrong.err()).isEqualTo("[rootlesskit:parent] error: flag provided but not defined: -foo\n");
    }
}
