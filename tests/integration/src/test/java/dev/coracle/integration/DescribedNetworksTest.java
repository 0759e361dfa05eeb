package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Networks that a CNI configuration describes, made by the distribution's plugins.
class DescribedNetworksTest {
    private static final String BUSYBOX = "busybox";

    @SuppressWarnings("NullAway.Init")
    private static PrivateEngine engine;

    @SuppressWarnings("NullAway.Init")
    private static Registry registry;

    @BeforeAll
    static void start() throws Exception {
        registry = TestImages.registry();
        engine = new PrivateEngine();
        engine.takeFrom(registry);
        engine.configure("cni/net.d/10-plain.conflist", """
                {"cniVersion": "1.0.0", "name": "plain", "plugins": [
                  {"type": "bridge", "bridge": "plain0", "isGateway": true, "ipMasq": true,
                   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.77.0.0/24"}]],
                            "routes": [{"dst": "0.0.0.0/0"}]},
                   "dns": {"nameservers": ["10.77.0.1"]}},
                  {"type": "firewall"}]}
                """);
        engine.configure("cni/net.d/20-absent.conflist", """
                {"cniVersion": "1.0.0", "name": "absent", "plugins": [{"type": "there-is-no-such-plugin"}]}
                """);
        coracle("pull", BUSYBOX).output();
    }

    @AfterAll
    static void end() throws Exception {
        registry.close();
        engine.close();
    }

    private static Run coracle(String... words) {
        return engine.ours("bin/coracle", words);
    }

    private static String one(String... words) throws Exception {
        return coracle(words).output().strip();
    }

    /// The addresses that the plugin for them has given away.
    private static List<String> leases() throws IOException {
        try (var files = Files.list(engine.home().resolve(".local/share/cni/networks/plain"))) {
            return files.map(Path::getFileName)
                    .map(Path::toString)
                    .filter(name -> name.startsWith("10."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void containers_meet_on_it_and_a_published_port_leads_to_it() throws Exception {
        one(
                "run",
                "-d",
                "--name=web",
                "--network=plain",
                "-p=127.0.0.1::80",
                BUSYBOX,
                "sh",
                "-c",
                "mkdir /www; echo hello > /www/index.html; exec httpd -f -p 80 -h /www");
        var address = one("inspect", "-f", "{{.NetworkSettings.Networks.plain.IPAddress}}", "web");
        assertThat(address).startsWith("10.77.0.");
        assertThat(leases()).containsExactly(address);
        assertThat(one("run", "--rm", "--network=plain", BUSYBOX, "wget", "-qO-", "http://" + address))
                .isEqualTo("hello");
        assertThat(one("exec", "web", "cat", "/etc/resolv.conf")).contains("nameserver 10.77.0.1");
        var port = one("port", "web", "80");
        assertThat(engine.run("curl", "-sS", "--retry", "5", "--retry-connrefused", port)
                        .output())
                .isEqualTo("hello\n");

        engine.whileDaemonEnds(daemon -> ProcessHandle.of(daemon).orElseThrow().destroyForcibly());
        assertThat(engine.run("curl", "-sS", "--retry", "5", "--retry-connrefused", port)
                        .output())
                .isEqualTo("hello\n");
        one("rm", "-f", "web");
        assertThat(leases()).isEmpty();
    }

    @Test
    void it_is_listed_and_belongs_to_its_file() throws Exception {
        assertThat(one("network", "ls", "--format", "{{.Name}} {{.Driver}}").lines())
                .contains("plain cni", "bridge bridge");
        assertThat(one("network", "inspect", "-f", "{{.Options.file}} {{.Options.plugins}}", "plain"))
                .endsWith("/cni/net.d/10-plain.conflist bridge,firewall");
        var refused = coracle("network", "rm", "plain").go().expect(1);
        assertThat(refused.err()).contains("a file describes it");
        coracle("network", "create", "plain").go().expect(1);
    }

    @Test
    void it_may_be_one_of_several_networks() throws Exception {
        one("run", "-d", "--name=both", BUSYBOX, "sleep", "1000");
        one("network", "connect", "plain", "both");
        assertThat(one("exec", "both", "ip", "-4", "-o", "addr"))
                .contains("eth0    inet 10.4.0.")
                .contains("eth1    inet 10.77.0.");
        one("network", "disconnect", "plain", "both");
        assertThat(one("exec", "both", "ip", "-4", "-o", "addr")).doesNotContain("eth1");
        one("rm", "-f", "both");
    }

    @Test
    void what_cannot_be_had_is_said_and_leaves_nothing() throws Exception {
        // first, so that the plugin's bridge has an address when a wrong one is asked for
        assertThat(one("run", "--rm", "--network=plain", "--ip=10.77.0.50", BUSYBOX, "ip", "-4", "-o", "addr"))
                .contains("10.77.0.50/24");
        var absent =
                coracle("run", "--rm", "--network=absent", BUSYBOX, "true").go().expect(125);
        assertThat(absent.err()).contains("CNI plugin there-is-no-such-plugin", "CNI_PATH");
        var elsewhere = coracle("run", "--rm", "--network=plain", "--ip=10.99.0.1", BUSYBOX, "true")
                .go()
                .expect(125);
        assertThat(elsewhere.err()).contains("10.99.0.1");
        assertThat(one("ps", "-aq", "-f", "status=created")).isEmpty();
    }
}
