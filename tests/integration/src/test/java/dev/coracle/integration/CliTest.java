package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The command line in one engine, by its real client.
class CliTest {
    private static final String BUSYBOX = "busybox";
    private static final int PATIENCE_MILLIS = 60_000;

    @SuppressWarnings("NullAway.Init")
    private static PrivateEngine engine;

    @SuppressWarnings("NullAway.Init")
    private static Registry registry;

    @BeforeAll
    static void start() throws Exception {
        registry = TestImages.registry();
        engine = new PrivateEngine();
        engine.takeFrom(registry);
        assertThat(coracle("pull", BUSYBOX).output())
                .contains("latest: Pulling from library/busybox")
                .contains("Status: Downloaded newer image for busybox:latest");
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

    @Test
    void exit_statuses_are_those_of_docker() throws Exception {
        coracle("run", "--rm", BUSYBOX, "sh", "-c", "exit 42").go().expect(42);
        coracle("run", "--rm", BUSYBOX, "nothing-like-this").go().expect(127);
        coracle("run", "--rm", BUSYBOX, "/etc").go().expect(126);
        coracle("run", "--bogus", BUSYBOX).go().expect(125);
        coracle("run", "--rm", "--pull", "never", "nothing-like-this").go().expect(125);
        coracle("rm", "nothing-like-this").go().expect(1);
        assertThat(one("ps", "-aq")).isEmpty();
    }

    @Test
    void a_container_is_run_listed_asked_and_removed() throws Exception {
        var id = one(
                "run", "-d", "--name", "sleeper", "-l", "tier=front", BUSYBOX, "sh", "-c", "echo started; sleep 1000");
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(one("ps", "--format", "{{.ID}} {{.Names}} {{.State}} {{.Label \"tier\"}}"))
                .contains(id.substring(0, 12) + " sleeper running front");
        coracle("exec", "sleeper", "sh", "-c", "exit 3").go().expect(3);
        assertThat(one("exec", "-e", "A=b", "-w", "/tmp", "sleeper", "sh", "-c", "echo $A $PWD"))
                .isEqualTo("b /tmp");
        assertThat(one("logs", "sleeper")).isEqualTo("started");
        assertThat(one("inspect", "-f", "{{.Name}} {{.State.Running}} {{.Config.Image}}", "sleeper"))
                .isEqualTo("/sleeper true busybox");
        assertThat(one("top", "sleeper")).contains("sleep 1000");
        coracle("run", "--name", "sleeper", BUSYBOX).go().expect(125);
        assertThat(one("stop", "-t", "1", "sleeper")).isEqualTo("sleeper");
        assertThat(one("rm", "sleeper")).isEqualTo("sleeper");
        coracle("inspect", "sleeper").go().expect(1);
    }

    @Test
    void what_is_removed_by_itself_is_gone_also_in_the_background() throws Exception {
        one("run", "-d", "--rm", "--name", "short", BUSYBOX, "true");
        org.awaitility.Awaitility.await("its end")
                .atMost(java.time.Duration.ofMinutes(1))
                .until(() -> one("ps", "-aq", "-f", "name=short").isEmpty());
    }

    @Test
    void a_container_gets_what_the_machine_says_of_a_device() throws Exception {
        Files.createDirectories(engine.home().resolve("driver"));
        engine.configure("cdi/test.yaml", """
                cdiVersion: 0.6.0
                kind: vendor.example/gpu
                containerEdits:
                  mounts: [{hostPath: "%s", containerPath: /opt/driver}]
                devices:
                  - name: "0"
                    containerEdits: {deviceNodes: [{path: /dev/gpu0, hostPath: /dev/zero}], env: [GPU=first]}
                """.formatted(engine.home().resolve("driver")));
        assertThat(one(
                        "run",
                        "--rm",
                        "--device",
                        "vendor.example/gpu=0",
                        BUSYBOX,
                        "sh",
                        "-c",
                        "echo $GPU; head -c 3 /dev/gpu0 | od -An -tx1; touch /opt/driver/x || echo read-only"))
                .matches("first\\s+00 00 00\\s+(?s:.*)read-only");
        var failed = coracle("run", "--rm", "--gpus", "all", BUSYBOX).go().expect(125);
        assertThat(failed.err()).contains("unresolvable CDI devices gpu=all");
        assertThat(one("ps", "-aq", "-f", "status=created")).isEmpty();
    }

    @Test
    void files_go_both_ways() throws Exception {
        var folder = Files.createDirectories(engine.home().resolve("files/inner"));
        Files.writeString(folder.resolve("file"), "from outside");
        one("run", "-d", "--name", "copied", BUSYBOX, "sleep", "1000");
        coracle("cp", engine.home().resolve("files").toString(), "copied:/tmp").output();
        assertThat(one("exec", "copied", "cat", "/tmp/files/inner/file")).isEqualTo("from outside");
        one("exec", "copied", "sh", "-c", "echo inside > /tmp/files/new");
        coracle("cp", "copied:/tmp/files/.", engine.home().resolve("files").toString())
                .output();
        assertThat(engine.home().resolve("files/new")).hasContent("inside\n");
        one("rm", "-f", "copied");
    }

    @Test
    void containers_find_each_other_by_name_on_a_network() throws Exception {
        one("network", "create", "shared");
        one("run", "-d", "--name", "server", "--network", "shared", BUSYBOX, "sleep", "1000");
        assertThat(one("run", "--rm", "--network", "shared", BUSYBOX, "ping", "-c", "1", "server"))
                .contains("1 packets received");
        assertThat(one("network", "ls", "--format", "{{.Name}}").lines()).contains("bridge", "host", "none", "shared");
        coracle("network", "rm", "shared").go().expect(1);
        one("rm", "-f", "server");
        assertThat(one("network", "rm", "shared")).isEqualTo("shared");
    }

    @Test
    void volumes_outlive_containers() throws Exception {
        assertThat(one("volume", "create", "kept")).isEqualTo("kept");
        one("run", "--rm", "-v", "kept:/data", BUSYBOX, "sh", "-c", "echo written > /data/file");
        assertThat(one("run", "--rm", "-v", "kept:/data:ro", BUSYBOX, "cat", "/data/file"))
                .isEqualTo("written");
        assertThat(one("volume", "ls", "-q").lines()).contains("kept");
        assertThat(one("volume", "rm", "kept")).isEqualTo("kept");
    }

    @Test
    void images_have_names() throws Exception {
        one("tag", BUSYBOX, "registry.example/other:v1");
        assertThat(one("images", "--format", "{{.Repository}}:{{.Tag}}").lines())
                .containsAll(List.of("busybox:latest", "registry.example/other:v1"));
        assertThat(one("rmi", "registry.example/other:v1")).isEqualTo("Untagged: registry.example/other:v1");
        coracle("save", "-o", engine.home().resolve("saved.tar").toString(), BUSYBOX)
                .output();
        assertThat(one("load", "-i", engine.home().resolve("saved.tar").toString()))
                .isEqualTo("Loaded image: busybox:latest");
    }

    /// Reads numbers from whoever connects, until the last one has come.
    private static List<Integer> numbers(ServerSocket server, int last) throws IOException {
        var all = new ArrayList<Integer>();
        server.setSoTimeout(PATIENCE_MILLIS);
        while (!all.contains(last)) {
            try (var client = server.accept();
                    var in = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
                client.setSoTimeout(PATIENCE_MILLIS);
                in.lines()
                        .map(line -> Integer.valueOf(line.replaceFirst(".*]: ", "")))
                        .forEach(all::add);
            }
        }
        return all;
    }

    @Test
    void output_is_sent_to_a_syslog_and_no_line_is_lost_with_the_daemon() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var address = "syslog-address=tcp://127.0.0.1:" + server.getLocalPort();
            var received = new FutureTask<>(() -> numbers(server, 60));
            Thread.ofVirtual().start(received);
            one(
                    "run",
                    "-d",
                    "--name=teller",
                    "--log-driver=syslog",
                    "--log-opt",
                    address,
                    "--log-opt=tag={{.Name}}",
                    BUSYBOX,
                    "sh",
                    "-c",
                    "for i in $(seq 60); do echo $i; sleep 0.1; done");
            engine.whileDaemonEnds(
                    daemon -> ProcessHandle.of(daemon).orElseThrow().destroyForcibly());
            assertThat(received.get(2, TimeUnit.MINUTES).stream().distinct())
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 60).boxed().toList());
            assertThat(one("logs", "--tail=1", "teller")).isEqualTo("60");
            one("rm", "-f", "teller");
        }
        var refused = coracle(
                        "run", "--log-driver=syslog", "--log-opt=syslog-address=tcp://127.0.0.1:1", BUSYBOX, "true")
                .go()
                .expect(125);
        assertThat(refused.err()).contains("failed to initialize logging driver: syslog");
        one("container", "prune", "-f");
    }

    @Test
    void output_goes_where_an_address_says_and_is_not_kept() throws Exception {
        var file = engine.home().resolve("output.txt");
        one("run", "-d", "--name=filed", "--log-driver=file://" + file, BUSYBOX, "echo", "there");
        one("wait", "filed");
        assertThat(file).hasContent("there\n");
        var unread = coracle("logs", "filed").go().expect(1);
        assertThat(unread.err()).contains("configured logging driver does not support reading");
        one("rm", "filed");
        var attached = coracle("run", "--rm", "--log-driver=file://" + file, BUSYBOX, "true")
                .go()
                .expect(125);
        assertThat(attached.err()).contains("its output goes to file://", "run -d");
        coracle("run", "--log-driver=gelf", BUSYBOX, "true").go().expect(125);
    }

    @Test
    void of_a_range_of_ports_each_container_gets_another() throws Exception {
        var ports = "127.0.0.1:28000-28001:80";
        for (var name : List.of("first", "second")) {
            one("run", "-d", "--name", name, "-p", ports, BUSYBOX, "sleep", "1000");
        }
        assertThat(one("port", "first")).isEqualTo("80/tcp -> 127.0.0.1:28000");
        assertThat(one("port", "second")).isEqualTo("80/tcp -> 127.0.0.1:28001");
        var full = coracle("run", "--rm", "-p", ports, BUSYBOX, "true").go().expect(125);
        assertThat(full.err()).contains("28000-28001/tcp", "none is free", "container second");
        one("rm", "-f", "first", "second");
    }

    @Test
    void the_program_that_starts_containers_can_be_chosen() throws Exception {
        coracle("run", "--rm", "--runtime", "crun", BUSYBOX, "true").output();
        coracle("run", "--rm", "--runtime", Host.debians("crun"), BUSYBOX, "true")
                .output();
        coracle("run", "--rm", "--runtime", "not-there", BUSYBOX, "true").go().expect(125);
        var shim = coracle("run", "--rm", "--runtime", "io.containerd.runsc.v1", BUSYBOX, "true")
                .go()
                .expect(125);
        assertThat(shim.err()).contains("io.containerd.runsc.v1", "ctr run --runtime");
    }

    @Test
    void a_link_is_a_name_for_another_container() throws Exception {
        one("run", "-d", "--name", "linked", BUSYBOX, "sleep", "1000");
        var address = one("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "linked");
        assertThat(one("run", "--rm", "--link", "linked:database", BUSYBOX, "cat", "/etc/hosts"))
                .containsPattern(address + "\tdatabase [0-9a-f]{12} linked\n");
        one("rm", "-f", "linked");
        assertThat(coracle("run", "--rm", "--link", "linked", BUSYBOX, "true")
                        .go()
                        .expect(125)
                        .err())
                .contains("cannot link to linked as linked: no such container runs on a network of");
        assertThat(one("ps", "-aq")).isEmpty();
    }

    @Test
    void a_container_is_prepared_for_systemd() throws Exception {
        assertThat(one("run", "--rm", "--systemd", "always", BUSYBOX, "sh", "-c", "mount; echo container=$container"))
                .contains("tmpfs on /run type tmpfs", "tmpfs on /run/lock type tmpfs", "tmpfs on /tmp type tmpfs")
                .contains("container=oci");
        one("create", "--name", "init", "--systemd", "true", BUSYBOX, "/sbin/init");
        one("create", "--name", "other", "--systemd", "true", BUSYBOX, "sh");
        assertThat(one("inspect", "-f", "{{.Config.StopSignal}}", "init", "other")
                        .lines())
                .containsExactly("SIGRTMIN+3", "SIGTERM");
        one("rm", "init", "other");
    }

    @Test
    void a_privileged_container_has_the_devices_that_the_account_can_open() throws Exception {
        assertThat(one("run", "--rm", "--privileged", BUSYBOX, "ls", "/dev", "/dev/net")
                        .lines())
                .contains("fuse", "tun");
        assertThat(one(
                                "run",
                                "--rm",
                                "--privileged",
                                "--security-opt",
                                "privileged-without-host-devices",
                                BUSYBOX,
                                "ls",
                                "/dev")
                        .lines())
                .doesNotContain("fuse", "net");
    }

    @Test
    void what_containerd_has_of_it_is_shown_too() throws Exception {
        var id = one("run", "-d", "--name", "shown", "-l", "tier=front", BUSYBOX, "sleep", "1000");
        assertThat(one(
                        "inspect",
                        "--mode",
                        "native",
                        "-f",
                        "{{.ID}} {{.Image}} {{.Labels.tier}} {{.Spec.hostname}} {{.Process.Status.Status}}",
                        "shown"))
                .isEqualTo(id + " docker.io/library/busybox:latest front " + id.substring(0, 12) + " running");
        assertThat(one(
                        "image",
                        "inspect",
                        "--mode",
                        "native",
                        "-f",
                        "{{.Image.Name}} {{.ManifestDesc.Digest}} {{.Manifest.schemaVersion}} {{.ImageConfig.os}}",
                        BUSYBOX))
                .matches("docker.io/library/busybox:latest sha256:[0-9a-f]{64} 2 linux");
        one("rm", "-f", "shown");
    }
}
