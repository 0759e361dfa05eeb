package dev.coracle.integration.rootlesskit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The network drivers that Debian has no program for, with programs of ours in their place, and lxc-user-nic, whose
/// part root plays in a namespace around it.
class FrameNetworksTest {
    private Launcher launcher;

    @BeforeEach
    void open() throws Exception {
        launcher = new Launcher();
    }

    @AfterEach
    void close() throws Exception {
        launcher.close();
    }

    private Path notes() {
        return launcher.directory().resolve("notes");
    }

    /// A program of that name.
    private Path standIn(String name) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var script = "#!/bin/sh\nexec " + java + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
                + System.getProperty("java.class.path") + "' " + FrameGateway.class.getName() + " " + notes()
                + " \"$@\"\n";
        return program(name, script);
    }

    private Path program(String name, String script) throws Exception {
        var directory = Files.createDirectories(launcher.directory().resolve("bin"));
        return Files.writeString(
                Files.createFile(
                        directory.resolve(name),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"))),
                script);
    }

    private Map<String, String> path() {
        return Map.of("PATH", launcher.directory().resolve("bin") + ":/usr/bin:/bin:/usr/sbin:/sbin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--detach-netns=false", "--detach-netns"})
    void vpnkit_says_which_address_the_device_has(String detach) throws Exception {
        var program = standIn("vpnkit");
        var inside = "ip -o -4 addr show tap0; ip -o link show tap0; ip route; busybox ping -c 1 -w 20 192.168.65.1";
        var ended = launcher.run(
                "--net=vpnkit",
                "--vpnkit-binary=" + program,
                "--disable-host-loopback",
                "--copy-up=/etc",
                detach,
                "sh",
                "-c",
                detach.equals("--detach-netns")
                        ? "nsenter --net=$ROOTLESSKIT_STATE_DIR/netns sh -c '" + inside
                                + "'; cat $ROOTLESSKIT_STATE_DIR/resolv.conf"
                        : inside + "; cat /etc/resolv.conf");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("192.168.65.3/24", "02:50:00:00:00:01", " mtu 1500 ", "default via 192.168.65.1 dev tap0")
                .contains("1 packets received", "nameserver 192.168.65.1\n");
        assertThat(Files.readString(notes()))
                .isEqualTo("--ethernet " + launcher.state() + "/vpnkit-ethernet.sock --mtu 1500 --host-ip 0.0.0.0\n");
        assertThat(launcher.processes()).isEmpty();
    }

    @Test
    void vpnkit_is_started_again_when_it_dies_and_ends_with_us() throws Exception {
        var process = launcher.start(
                "--net=vpnkit", "--vpnkit-binary=" + standIn("vpnkit"), "--disable-host-loopback", "sleep", "600");
        var driver = process.children()
                .filter(child -> Launcher.commandLine(child.pid()).contains("--ethernet"))
                .findFirst()
                .orElseThrow();
        driver.destroyForcibly();
        launcher.awaitLogContaining("the network driver died and was started again");
        assertThat(launcher.inside("busybox", "ping", "-c", "1", "-w", "20", "192.168.65.1")
                        .out())
                .contains("1 packets received");
        Launcher.signal(process.pid(), "KILL");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void gvisor_tap_vsock_is_told_the_network_and_forwards_ports() throws Exception {
        standIn("gvproxy");
        var words = List.of(
                Launcher.program(),
                "--state-dir=" + launcher.state(),
                "--net=gvisor-tap-vsock",
                "--disable-host-loopback",
                "--cidr=10.7.0.0/24",
                "--port-driver=gvisor-tap-vsock",
                "-p",
                "127.0.0.1:8080:80/tcp",
                "sh",
                "-c",
                "ip -o -4 addr show tap0; ip -o link show tap0; ip route; busybox ping -c 1 -w 20 10.7.0.1; "
                        + control()
                        + " info; " + control() + " list-ports; " + control() + " add-ports 0.0.0.0:9:9/udp; "
                        + control() + " remove-ports 1; " + control() + " list-ports --json");
        var ended = launcher.runRaw(path(), words);
        assertThat(ended.err()).isEqualTo("error: forward a port by gvisor-tap-vsock: proxy already running\n");
        assertThat(ended.out())
                .contains("10.7.0.100/24", " mtu 65520 ", "default via 10.7.0.1 dev tap0", "1 packets received")
                .contains("- Network Driver: gvisor-tap-vsock\n  - DNS: [10.7.0.1]\n  - IP: 10.7.0.100\n")
                .contains("- Port Driver: gvisor-tap-vsock\n  - Supported protocols: [tcp tcp4 udp udp4]\n")
                .endsWith("\n1\n");
        assertThat(Files.readString(notes()))
                .contains("subnet: 10.7.0.0/24", "gatewayIP: 10.7.0.1", "10.7.0.254: 10.7.0.254")
                .contains("POST /services/forwarder/expose HTTP/1.0 {\"local\":\"127.0.0.1:8080\",\"protocol\":\"tcp\","
                        + "\"remote\":\"10.7.0.100:80\"}")
                .contains(
                        "POST /services/forwarder/unexpose HTTP/1.0 {\"local\":\"127.0.0.1:8080\",\"protocol\":\"tcp\"}");
        assertThat(launcher.state()).doesNotExist();
        assertThat(launcher.processes()).isEmpty();
    }

    private static String control() {
        return Launcher.program().replace("rootlesskit", "rootlessctl");
    }

    /// The outer namespace has the bridge, whoever serves it, and us as its root; the inner one is what is tested.
    @ParameterizedTest
    @ValueSource(strings = {"--detach-netns=false", "--detach-netns"})
    void lxc_user_nic_gives_a_device_and_its_network_an_address(String detach) throws Exception {
        var nic = program("lxc-user-nic", """
                #!/bin/sh
                # create PATH NAME PID veth BRIDGE DEVICE
                [ "$1 $2 $3 $5 $6" = "create /dev/null dummy veth lxcbr0" ] || exit 1
                ip link add veth7 type veth peer name inner7
                ip link set veth7 master lxcbr0 up
                ip link set inner7 netns "$4" name "$7"
                """);
        Files.writeString(launcher.directory().resolve("udhcpd.conf"), """
                start 10.0.3.50
                end 10.0.3.50
                interface lxcbr0
                lease_file %1$s/leases
                pidfile %1$s/udhcpd.pid
                opt subnet 255.255.255.0
                opt router 10.0.3.1
                opt dns 10.0.3.1
                opt lease 600
                """.formatted(launcher.directory()));
        Files.createFile(launcher.directory().resolve("leases"));
        var script = """
                ip link add lxcbr0 type bridge && ip addr add 10.0.3.1/24 dev lxcbr0 && ip link set lxcbr0 up
                busybox udhcpd -f -I 10.0.3.1 %2$s/udhcpd.conf &
                %1$s --state-dir=%2$s/inner --net=lxc-user-nic --lxc-user-nic-binary=%3$s %4$s --disable-host-loopback \\
                    --copy-up=/etc sh -c '
                    ip -o -4 addr; ip route; busybox ping -c 1 -w 20 10.0.3.1; cat /etc/resolv.conf
                    cat $ROOTLESSKIT_STATE_DIR/resolv.conf; %5$s info --json'
                echo status $?
                kill $!
                wait
                """.formatted(Launcher.program(), launcher.directory(), nic, detach, control());
        if (detach.equals("--detach-netns")) {
            script = script.replace(
                            "ip -o -4 addr;", "nsenter --net=$ROOTLESSKIT_STATE_DIR/netns sh -c \"ip -o -4 addr;")
                    .replace("10.0.3.1; cat /etc/resolv.conf", "10.0.3.1\"");
        }
        var ended = launcher.run("--net=none", "sh", "-c", script);
        assertThat(ended.out())
                .as(ended.err())
                .contains("eth0    inet 10.0.3.50/24", "default via 10.0.3.1 dev eth0", "1 packets received")
                .contains("nameserver 10.0.3.1\n", "\"driver\": \"lxc-user-nic\"", "\"childIP\": \"10.0.3.50\"")
                .contains("\"dynamicChildIP\": true", "status 0\n");
    }

    @Test
    void a_program_that_is_not_there_is_named() throws Exception {
        var ended = launcher.runRaw(
                Map.of("PATH", "/usr/bin:/bin"),
                List.of(
                        Launcher.program(),
                        "--state-dir=" + launcher.state(),
                        "--net=vpnkit",
                        "--vpnkit-binary=/nonexistent/vpnkit",
                        "true"));
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("error: connect the network: the program /nonexistent/vpnkit is not found\n")
                .contains("hint: build it from ");
        assertThat(launcher.state()).doesNotExist();
    }
}
