package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.linux.UnixSocket;
import dev.coracle.processes.Spawner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkDriversTest {
    private static final NetworkTarget PROCESS = new NetworkTarget.OfProcess(42);
    private static final NetworkTarget FILE = new NetworkTarget.OfFile(42, Path.of("/state/netns"));
    private static final NetworkOptions CLOSED = new NetworkOptions("tap0", 65520, Subnet.USUAL, false, false);
    private static final NetworkOptions OPEN =
            new NetworkOptions("eth7", 1500, Subnet.parse("10.9.0.0/16"), true, true);

    @Test
    void slirp4netns_is_told_everything() {
        assertThat(Slirp4netns.arguments(CLOSED, new Slirp4netns.Hardening(true, true), Optional.empty(), PROCESS))
                .containsExactly(
                        "--configure",
                        "--ready-fd=3",
                        "--exit-fd=4",
                        "--mtu=65520",
                        "--cidr=10.0.2.0/24",
                        "--disable-host-loopback",
                        "--enable-sandbox",
                        "--enable-seccomp",
                        "42",
                        "tap0");
        assertThat(Slirp4netns.arguments(OPEN, new Slirp4netns.Hardening(false, false), Optional.empty(), FILE))
                .contains("--cidr=10.9.0.0/16", "--enable-ipv6", "--userns-path=/proc/42/ns/user", "eth7")
                .contains("--netns-type=path", "/proc/42/root/state/netns")
                .doesNotContain("--disable-host-loopback");
    }

    @Test
    void pasta_never_opens_ports_of_the_host_inside() {
        var pidFile = Path.of("/state/pasta.pid");
        assertThat(Pasta.arguments(CLOSED, false, pidFile, PROCESS))
                .contains("--tcp-ns=none", "--udp-ns=none", "--tcp-ports=none", "--udp-ports=none", "--no-map-gw")
                .contains("--address=10.0.2.100", "--gateway=10.0.2.2", "--dns-forward=10.0.2.3", "--ipv4-only")
                .endsWith("42");
        assertThat(Pasta.arguments(OPEN, true, pidFile, FILE))
                .contains("--tcp-ns=none", "--udp-ns=none", "--tcp-ports=auto", "--netmask=16")
                .contains("--userns=/proc/42/ns/user", "--netns=/proc/42/root/state/netns")
                .doesNotContain("--no-map-gw", "--ipv4-only");
    }

    @Test
    void the_others_are_told_everything() {
        var socket = Path.of("/state/x.sock");
        assertThat(Vpnkit.arguments(socket, 1500, true))
                .containsExactly("--ethernet", "/state/x.sock", "--mtu", "1500");
        assertThat(Vpnkit.arguments(socket, 1500, false)).endsWith("--host-ip", "0.0.0.0");
        assertThat(LxcUserNic.arguments(42, "br7", "eth0"))
                .containsExactly("create", "/dev/null", "dummy", "42", "veth", "br7", "eth0");
        assertThat(Gvproxy.configuration(CLOSED))
                .contains("mtu: 65520", "subnet: 10.0.2.0/24", "gatewayIP: 10.0.2.1", "deviceIP: 10.0.2.100")
                .contains("10.0.2.254: 10.0.2.254")
                .doesNotContain("127.0.0.1");
        assertThat(Gvproxy.configuration(OPEN)).contains("10.9.0.1: 127.0.0.1", "hostIP: 10.9.255.254");
    }

    @Test
    void what_the_half_inside_is_told_it_understands() {
        for (var plan : List.of(
                new InnerPlan.Frames("tap0", 1500, "10.0.2.100", 24, "10.0.2.1", false, true),
                new InnerPlan.VpnkitFrames("tap0", 1500, "192.168.65.1", true),
                new InnerPlan.Given("eth0", 1400))) {
            assertThat(InnerPlan.parse(plan.words())).isEqualTo(plan);
        }
    }

    @Test
    void vpnkit_is_greeted() throws Exception {
        try (var pair = UnixSocket.pair(UnixSocket.Type.STREAM)) {
            var vpnkit = new StreamFrames(pair.other());
            var version = new byte[49];
            System.arraycopy("VMN3T".getBytes(StandardCharsets.US_ASCII), 0, version, 0, 5);
            vpnkit.stream().write(version);
            vpnkit.stream().write(new byte[] {1, (byte) 0xdc, 5, (byte) 0xea, 5, 2, 3, 4, 5, 6, 7});
            vpnkit.stream().write(new byte[247]);
            assertThat(Vmnet.greet(new StreamFrames(pair.one()), new UUID(1, 2)))
                    .containsExactly(2, 3, 4, 5, 6, 7);
            assertThat(vpnkit.exactly(49))
                    .startsWith("VMN3T".getBytes(StandardCharsets.US_ASCII))
                    .contains(22, 0, 0, 0);
            assertThat(vpnkit.exactly(41))
                    .startsWith("\00100000000-0000-0001-0000-000000000002\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void vpnkit_may_refuse() throws Exception {
        try (var pair = UnixSocket.pair(UnixSocket.Type.STREAM)) {
            var version = new byte[49];
            System.arraycopy("VMN3T".getBytes(StandardCharsets.US_ASCII), 0, version, 0, 5);
            pair.other().write(version);
            pair.other().write(new byte[] {2, 2, 'n', 'o'});
            assertThatThrownBy(() -> Vmnet.greet(new StreamFrames(pair.one()), new UUID(1, 2)))
                    .hasMessage("greet vpnkit: it refuses: no");
        }
    }

    @Test
    void a_subnet_is_checked() {
        assertThat(Subnet.parse("192.168.7.0/24").child()).isEqualTo("192.168.7.100");
        assertThatThrownBy(() -> Subnet.parse("10.0.2.100/24"))
                .hasMessage("cidr must be like 10.0.2.0/24, not like 10.0.2.100/24");
        for (var wrong : List.of("", "10.0.2.0", "10.0.2.0/33", "10.0.2.0/x", "fd00::/64", "host/24")) {
            assertThatThrownBy(() -> Subnet.parse(wrong)).hasMessage("invalid CIDR address: " + wrong);
        }
        assertThatThrownBy(() -> Subnet.parse("10.0.2.0/28")).hasMessageContaining("too small");
    }

    @Test
    void slirp4netns_is_awaited_and_ends_when_it_is_closed(@TempDir Path directory) throws Exception {
        var program = script(directory, "echo 1 >&3; cat <&4; echo ended > " + directory.resolve("end"));
        try (var spawner = Spawner.open()) {
            var driver = new Slirp4netns(
                    spawner, program, CLOSED, new Slirp4netns.Hardening(false, false), Optional.empty());
            driver.connect(PROCESS).close();
            Awaitility.await().until(() -> Files.exists(directory.resolve("end")));
        }
    }

    @Test
    void a_driver_that_dies_early_is_reported_with_what_it_said(@TempDir Path directory) throws Exception {
        var program = script(directory, "echo no tun here >&2; exit 3");
        try (var spawner = Spawner.open()) {
            var slirp = new Slirp4netns(
                    spawner, program, CLOSED, new Slirp4netns.Hardening(false, false), Optional.empty());
            assertThatThrownBy(() -> slirp.connect(PROCESS)).hasMessageEndingWith("(exit status 3): no tun here");
            var pasta = new Pasta(spawner, program, CLOSED, false, directory.resolve("pid"));
            assertThatThrownBy(() -> pasta.connect(PROCESS)).hasMessageEndingWith("exit status 3: no tun here");
        }
    }

    private static Path script(Path directory, String text) throws Exception {
        var program = directory.resolve("program");
        Files.writeString(program, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    @Test
    void resolv_conf_keeps_search_and_options() {
        assertThat(NetworkFiles.resolvConf(
                        List.of("nameserver 192.168.1.1", "search example.com", "options ndots:2", "# note"),
                        List.of("10.0.2.3")))
                .isEqualTo("nameserver 10.0.2.3\nsearch example.com\noptions ndots:2\n");
    }

    @Test
    void hosts_names_this_host_once() {
        assertThat(NetworkFiles.hosts(List.of("127.0.0.1 localhost", "127.0.0.1 box"), "box"))
                .isEqualTo("127.0.0.1 localhost\n127.0.0.1 box\n::1 box\n");
    }
}
