package dev.coracle.rootlesskit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.linux.Propagation;
import dev.coracle.rootlesskit.Options.Choice;
import dev.coracle.userns.SubIds;
import dev.coracle.userns.Subnet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    private static Options parse(String... words) throws UsageException {
        return Options.of(Arguments.parse(List.of(words)));
    }

    @Test
    void the_guides_line_is_understood() throws Exception {
        var options = parse(
                "--net=slirp4netns",
                "--copy-up=/etc",
                "--copy-up=/run",
                "--state-dir=/run/user/1001/rootlesskit-containerd",
                "sh",
                "-c",
                "rm -f /run/containerd; exec containerd -c config.toml");
        assertThat(options.network()).isInstanceOf(NetworkChoice.Slirp4netns.class);
        assertThat(options.copyUp()).containsExactly(Path.of("/etc"), Path.of("/run"));
        assertThat(options.stateDirectory()).contains(Path.of("/run/user/1001/rootlesskit-containerd"));
        assertThat(options.command())
                .containsExactly("sh", "-c", "rm -f /run/containerd; exec containerd -c config.toml");
    }

    @Test
    void the_line_of_containerds_script_is_understood() throws Exception {
        var options = parse(
                "--state-dir=/s",
                "--net=slirp4netns",
                "--mtu=65520",
                "--slirp4netns-sandbox=auto",
                "--slirp4netns-seccomp=auto",
                "--disable-host-loopback",
                "--port-driver=none",
                "--copy-up=/etc",
                "--copy-up=/run",
                "--copy-up=/var/lib",
                "--propagation=rslave",
                "--detach-netns",
                "script");
        assertThat(options.detachNetwork()).isTrue();
        assertThat(options.propagation()).isEqualTo(Propagation.RSLAVE);
        var slirp = (NetworkChoice.Slirp4netns) options.network();
        assertThat(slirp.sandbox()).isEqualTo(Choice.AUTO);
        assertThat(slirp.link().hostLoopback()).isFalse();
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void flags_are_read_as_go_reads_them() throws Exception {
        var options = parse(
                "-net",
                "none",
                "--pidns=1",
                "--utsns=false",
                "--copy-up",
                "/etc,/run",
                "--copy-up=/etc",
                "--",
                "-x",
                "y");
        assertThat(options.network()).isEqualTo(new NetworkChoice.None());
        assertThat(options.processes()).isEqualTo(new Options.Processes(true, false, false, false));
        assertThat(options.copyUp()).containsExactly(Path.of("/etc"), Path.of("/run"));
        assertThat(options.command()).containsExactly("-x", "y");
        assertThat(parse("--subid-source=static", "--subid-source=dynamic", "x").subIds())
                .isEqualTo(SubIds.Source.DYNAMIC);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --net=x | unknown network mode: x
                    --net=vpnkit --cidr=10.0.2.0/24 | custom cidr is not supported for --net=vpnkit
                    --net=lxc-user-nic --cidr=10.0.2.0/24 | custom cidr is not supported for --net=lxc-user-nic
                    --net=lxc-user-nic --lxc-user-nic-bridge= | got empty bridge
                    --net=gvisor-tap-vsock --ipv6 | --ipv6 is not supported for gvisor-tap-vsock
                    --net=gvisor-tap-vsock --cidr=10.0.2.1/24 | cidr must be like 10.0.2.0/24, not like 10.0.2.1/24
                    --net=vpnkit --port-driver=gvisor-tap-vsock | port driver requires gvisor-tap-vsock network
                    --net=pasta --mtu=65522 | mtu must be <= 65521, got 65522
                    --mtu=99999999 | mtu must be <= 65521, got 99999999
                    --net=pasta --mtu=-1 | mtu must be <= 65521, got -1
                    --net=pasta --cidr=10.0.2.100/24 | cidr must be like 10.0.2.0/24, not like 10.0.2.100/24
                    --cidr=10.0.2.0/24 | custom cidr is not supported for --net=host
                    --net=pasta --ifname=a/b | ifname must not contain "/"
                    --ifname=tap1 | ifname cannot be specified for --net=host
                    --propagation=x | unknown propagation: x: expected private, rprivate, slave, rslave, shared or rshared
                    --propagation=rshared --copy-up=/etc | propagation rshared does not support copy-up driver tmpfs+symlink
                    --copy-up-mode=x | unknown copy-up mode: x
                    --copy-up=/tmp | /tmp cannot be copied up
                    --copy-up=etc | copy-up etc: not an absolute path
                    --reaper=true | reaper requires --pidns
                    --reaper=x | unknown reaper mode: x
                    --port-driver=x | unknown port driver: x
                    --port-driver=implicit | port driver requires pasta network
                    --port-driver=builtin | port driver requires non-host network
                    --port-driver=slirp4netns --net=pasta | port driver requires slirp4netns network
                    --port-driver=slirp4netns --net=none | network "none" requires either port driver "none" or "builtin"
                    --port-driver=builtin --net=none -p 8080 | missing proto in PortSpec string: "8080"
                    --port-driver=builtin --net=none -p :0:80/tcp | invalid ParentPort: 0
                    -p 127.0.0.1:8080:80/tcp | port driver "none" does not support publishing ports
                    --evacuate-cgroup2=x | evacuate-cgroup2 requires --cgroupns
                    --evacuate-cgroup2=x --cgroupns | evacuate-cgroup2 requires --pidns
                    --evacuate-cgroup2=a/b --cgroupns --pidns | unexpected evacuation group name "a/b": must not contain "/"
                    --subid-source=x | unknown subid source "x"
                    --net=slirp4netns --slirp4netns-sandbox=x | unsupported slirp4netns-sandbox mode: x
                    --net=slirp4netns --slirp4netns-sandbox=true --detach-netns | --slirp4netns-sandbox conflicts with --detach-netns (https://github.com/rootless-containers/rootlesskit/issues/317)
                    """)
    void what_cannot_be_is_refused(String flags, String message) {
        var words = new java.util.ArrayList<>(Arrays.asList(flags.split(" ")));
        words.add("command");
        assertThatThrownBy(() -> parse(words.toArray(String[]::new)))
                .isInstanceOfSatisfying(
                        UsageException.class,
                        wrong -> assertThat(wrong.showHelp()).isFalse())
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --foo | flag provided but not defined: -foo
                    -foo=1 | flag provided but not defined: -foo
                    ---net | bad flag syntax: ---net
                    --net | flag needs an argument: -net
                    --pidns=maybe | invalid boolean value "maybe" for -pidns: parse error
                    --mtu=abc | invalid value "abc" for flag -mtu: parse error
                    """)
    void what_is_not_understood_shows_the_help(String flags, String message) {
        assertThatThrownBy(() -> parse(flags.split(" ")))
                .isInstanceOfSatisfying(
                        UsageException.class,
                        wrong -> assertThat(wrong.showHelp()).isTrue())
                .hasMessage(message);
    }

    @Test
    void a_command_is_needed() {
        assertThatThrownBy(() -> parse("--net=none")).hasMessage("no command specified");
    }

    @Test
    void an_open_host_loopback_is_warned_of() throws Exception {
        assertThat(parse("--net=pasta", "x").warnings())
                .singleElement()
                .asString()
                .contains("--disable-host-loopback");
        assertThat(parse("--mtu=1500", "x").warnings()).containsExactly("unsupported mtu for --net=host: 1500");
    }

    @Test
    void a_network_has_its_own_device_and_mtu() throws Exception {
        assertThat(connected("--net=vpnkit").link()).isEqualTo(link("tap0", 1500, true));
        assertThat(connected("--net=lxc-user-nic", "--lxc-user-nic-bridge=br7"))
                .isEqualTo(new NetworkChoice.LxcUserNic(link("eth0", 1500, false), "lxc-user-nic", "br7"));
        var gvisor = connected("--net=gvisor-tap-vsock", "--ifname=x", "--mtu=4000", "--disable-host-loopback");
        assertThat(gvisor.link()).isEqualTo(link("x", 4000, false));
        assertThat(gvisor.dns()).containsExactly("10.0.2.1");
        assertThat(parse("--net=vpnkit", "--mtu=4000", "--ipv6", "--disable-host-loopback", "x")
                        .warnings())
                .containsExactly(
                        "--ipv6 is discarded for --net=vpnkit",
                        "vpnkit is known to have issues with non-1500 MTU (current: 4000)");
        assertThat(parse("--net=lxc-user-nic", "x").warnings())
                .containsExactly("--disable-host-loopback is implicitly set for lxc-user-nic");
    }

    private static NetworkChoice.Connected connected(String... flags) throws Exception {
        var words = new java.util.ArrayList<>(Arrays.asList(flags));
        words.add("x");
        return (NetworkChoice.Connected) parse(words.toArray(String[]::new)).network();
    }

    private static NetworkChoice.Link link(String device, int mtu, boolean hostLoopback) {
        return new NetworkChoice.Link(device, mtu, Subnet.USUAL, hostLoopback, false);
    }

    @Test
    void the_help_names_every_flag() {
        var help = Help.text(Version.NUMBER);
        for (var flag : Flag.values()) {
            assertThat(help).contains("--" + flag.word());
        }
        // launch scripts look for this word
        assertThat(help).contains("--detach-netns");
    }

    @Test
    void the_version_has_three_parts() throws Exception {
        assertThat(Version.part("major")).isEqualTo("3");
        assertThat(Version.part("patch")).isEqualTo("1");
        assertThatThrownBy(() -> Version.part("x"))
                .hasMessage("expected --print-semver=(major|minor|patch), got \"x\"");
    }
}
