package dev.coracle.integration.rootlesskit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.integration.rootlesskit.Launcher.Ended;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Published ports: by the command line, the API and rootlessctl, from the host into the namespace.
class PortsTest {
    private static final int PATIENCE = 60_000;

    private Launcher launcher;

    @BeforeEach
    void open() throws Exception {
        launcher = new Launcher();
    }

    @AfterEach
    void close() throws Exception {
        launcher.close();
    }

    private Process serve(String... flags) throws IOException {
        var words = new ArrayList<>(List.of(flags));
        if (words.contains("--detach-netns")) {
            words.addAll(List.of("nsenter", "--net=" + launcher.state().resolve("netns")));
        }
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                EchoInside.class.getName()));
        var process = launcher.start(words.toArray(String[]::new));
        Awaitility.await("the server inside")
                .atMost(Duration.ofSeconds(Launcher.SECONDS))
                .until(() -> !process.isAlive() || launcher.logText().contains("serving\n"));
        assertThat(process.isAlive()).withFailMessage(launcher::describeLog).isTrue();
        return process;
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static Socket connect(String address, int port) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout(PATIENCE);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), PATIENCE);
        return socket;
    }

    private static String ask(String address, int port, String question) throws IOException {
        try (var socket = connect(address, port)) {
            socket.getOutputStream().write(question.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private Ended control(String... words) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of(Launcher.program().replace("rootlesskit", "rootlessctl")));
        all.addAll(List.of(words));
        return launcher.runRaw(Map.of("ROOTLESSKIT_STATE_DIR", launcher.state().toString()), all);
    }

    /// What a request is answered with: body, status and type, as `{…}\n200 application/json`.
    private String http(String method, String path, String body) throws IOException {
        var address = UnixDomainSocketAddress.of(launcher.state().resolve("api.sock"));
        try (var channel = SocketChannel.open(address)) {
            var request = method + " " + path + " HTTP/1.1\r\nHost: rootlesskit\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n\r\n" + body;
            channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
            var answer = new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
            var head = answer.substring(0, answer.indexOf("\r\n\r\n"));
            var type = head.lines()
                    .filter(line -> line.startsWith("Content-Type: "))
                    .map(line -> line.substring("Content-Type: ".length()))
                    .findFirst()
                    .orElse("");
            return answer.substring(head.length() + 4) + head.split(" ", 3)[1] + " " + type;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "slirp4netns,--detach-netns=false",
        "pasta,--detach-netns=false",
        "none,--detach-netns=false",
        "slirp4netns,--detach-netns"
    })
    void a_published_port_leads_inside(String net, String detach) throws Exception {
        var port = free();
        serve(
                "--net=" + net,
                detach,
                "--disable-host-loopback",
                "--port-driver=builtin",
                "-p",
                "0.0.0.0:" + port + ":80/tcp",
                "-p",
                "127.0.0.1:" + port + ":53/udp");
        assertThat(ask("127.0.0.1", port, "hello")).isEqualTo("hello");
        // the wildcard address of tcp takes both families, as with Go
        assertThat(ask("::1", port, "hello")).isEqualTo("hello");
        try (var client = new DatagramSocket()) {
            client.setSoTimeout(PATIENCE);
            client.connect(InetAddress.ofLiteral("127.0.0.1"), port);
            client.send(new DatagramPacket("udp".getBytes(UTF_8), 3));
            var answer = new DatagramPacket(new byte[10], 10);
            client.receive(answer);
            assertThat(answer.getLength()).isEqualTo(3);
        }
    }

    @Test
    void the_clients_address_is_kept_unless_it_is_not_wanted() throws Exception {
        var host = hostAddress();
        var port = free();
        var other = free();
        serve("--net=none", "--port-driver=builtin", "-p", ":" + port + ":80/tcp", "-p", ":" + other + ":80/tcp4");
        for (var i = 0; i < 20; i++) {
            assertThat(ask(host, port, "who")).isEqualTo(host);
            assertThat(ask(host, other, "who")).isEqualTo(host);
        }
        assertThat(ask("127.0.0.1", port, "who")).isEqualTo("127.0.0.1");
        assertThat(http("GET", "/v1/ports", "")).doesNotContain("note");
    }

    @Test
    void a_port_says_why_the_clients_address_is_not_kept() throws Exception {
        var port = free();
        serve(
                "--net=none",
                "--port-driver=builtin",
                "-p",
                ":" + port + ":53/udp",
                "-p",
                "127.0.0.1:" + free() + ":53/udp",
                "-p",
                ":" + port + ":[::1]:80/tcp4");
        var ports = http("GET", "/v1/ports", "");
        assertThat(ports.split("note", -1)).as(ports).hasSize(3);
        assertThat(ports)
                .contains("addresses are not kept: without a default route for IPv4 inside, servers can send no")
                .contains("addresses are not kept: they are of the other address family than the target");
        assertThat(control("info").out().lines())
                .filteredOn(line -> line.startsWith("  - Port ") && line.contains("addresses are not kept: "))
                .hasSize(2);
    }

    /// Servers on all addresses and on one, and one client that speaks to several.
    @ParameterizedTest
    @CsvSource({"slirp4netns,--detach-netns=false", "pasta,--detach-netns=false", "pasta,--detach-netns"})
    void the_address_of_a_client_that_sends_datagrams_is_kept(String net, String detach) throws Exception {
        var host = hostAddress();
        var ports = List.of(free(), free(), free());
        serve(
                "--net=" + net,
                "--disable-host-loopback",
                "--port-driver=builtin",
                detach,
                "-p",
                ":" + ports.get(0) + ":53/udp",
                "-p",
                host + ":" + ports.get(1) + ":54/udp4",
                "-p",
                "127.0.0.1:" + ports.get(2) + ":53/udp");
        assertThat(http("GET", "/v1/ports", "")).doesNotContain("note");
        for (var i = 0; i < 20; i++) {
            for (var port : ports.subList(0, 2)) {
                try (var client = new DatagramSocket(0, InetAddress.ofLiteral(host))) {
                    var self = host + " " + client.getLocalPort();
                    assertThat(who(client, host, port)).isEqualTo(self);
                    assertThat(who(client, host, port)).isEqualTo(self);
                }
            }
        }
        try (var client = new DatagramSocket(0, InetAddress.ofLiteral(host))) {
            assertThat(who(client, host, ports.get(0))).isEqualTo(host + " " + client.getLocalPort());
            // at its second port it has ours, but is answered
            assertThat(who(client, host, ports.get(1))).startsWith("127.0.0.1 ");
        }
        try (var client = new DatagramSocket()) {
            assertThat(who(client, "127.0.0.1", ports.get(2))).startsWith("127.0.0.1 ");
        }
    }

    private static String who(DatagramSocket client, String address, int port) throws IOException {
        client.setSoTimeout(PATIENCE);
        client.send(new DatagramPacket("who".getBytes(UTF_8), 3, InetAddress.ofLiteral(address), port));
        var answer = new DatagramPacket(new byte[100], 100);
        client.receive(answer);
        assertThat(answer.getPort()).isEqualTo(port);
        return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    }

    @Test
    void the_clients_address_is_not_kept_when_that_is_switched_off() throws Exception {
        var host = hostAddress();
        var port = free();
        serve("--net=none", "--port-driver=builtin", "--source-ip-transparent=false", "-p", ":" + port + ":80/tcp");
        assertThat(ask(host, port, "who")).isEqualTo("127.0.0.1");
    }

    private static String hostAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address.getAddress().length == 4 && !address.isLoopbackAddress())
                .findFirst()
                .orElseThrow()
                .getHostAddress();
    }

    @ParameterizedTest
    @CsvSource({
        "tcp,127.0.0.1,,127.0.0.1",
        "tcp4,127.0.0.1,127.0.0.1,127.0.0.1",
        "tcp6,::1,,::1",
        "tcp6,::1,127.0.0.1,127.0.0.1",
        "tcp,127.0.0.1,::1,::1",
        "tcp4,127.0.0.3,,127.0.0.1"
    })
    void families_may_differ_on_both_sides(String protocol, String parent, String child, String seen) throws Exception {
        var port = free();
        serve("--net=none", "--port-driver=builtin", "--source-ip-transparent=false");
        var spec = "{\"proto\":\"" + protocol + "\",\"parentIP\":\"" + parent + "\",\"parentPort\":" + port
                + (child == null ? "" : ",\"childIP\":\"" + child + "\"") + ",\"childPort\":80}";
        assertThat(http("POST", "/v1/ports", spec)).startsWith("{\"id\":1,\"spec\":" + spec + "}\n201");
        assertThat(InetAddress.ofLiteral(ask(parent, port, "who"))).isEqualTo(InetAddress.ofLiteral(seen));
    }

    @Test
    void the_api_answers_as_rootlesskits() throws Exception {
        var port = free();
        serve("--net=slirp4netns", "--disable-host-loopback", "--port-driver=builtin");
        assertThat(http("GET", "/v1/info", ""))
                .startsWith("{\"apiVersion\":\"1.1.1\",\"version\":\"3.")
                .contains("\"stateDir\":\"" + launcher.state() + "\",\"childPID\":" + launcher.childPid())
                .contains(
                        "\"networkDriver\":{\"driver\":\"slirp4netns\",\"dns\":[\"10.0.2.3\"],\"childIP\":\"10.0.2.100\"}")
                .contains(
                        "\"portDriver\":{\"driver\":\"builtin\",\"protos\":[\"tcp\",\"tcp4\",\"tcp6\",\"udp\",\"udp4\","
                                + "\"udp6\"]}")
                .endsWith("200 application/json");
        assertThat(http("GET", "/v1/ports", "")).isEqualTo("null\n200 application/json");
        var spec = "{\"proto\":\"tcp\",\"parentIP\":\"127.0.0.1\",\"parentPort\":" + port + ",\"childPort\":80}";
        assertThat(http("POST", "/v1/ports", spec)).isEqualTo("{\"id\":1,\"spec\":" + spec + "}\n201 application/json");
        assertThat(http("GET", "/v1/ports", "")).isEqualTo("[{\"id\":1,\"spec\":" + spec + "}]\n200 application/json");
        assertThat(http("POST", "/v1/ports", spec))
                .isEqualTo("{\"message\":\"conflict with ID 1\"}\n400 text/plain; charset=utf-8");
        assertThat(http("POST", "/v1/ports", "{\"proto\":\"tcp\",\"parentPort\":0,\"childPort\":1}"))
                .startsWith("{\"message\":\"invalid ParentPort: 0\"}\n400");
        assertThat(http("POST", "/v1/ports", "nonsense"))
                .startsWith("{\"message\":\"invalid JSON")
                .contains("\n400 ");
        assertThat(http(
                        "POST",
                        "/v1/ports",
                        spec.replace("127.0.0.1", "127.0.0.2").replace("tcp", "sctp")))
                .startsWith("{\"message\":\"unsupported port protocol sctp\"}\n400");
        assertThat(http("POST", "/v1/ports", spec.replace("\"tcp\"", "\"tcp4\"")))
                .startsWith("{\"message\":\"listen tcp4 127.0.0.1:" + port + ": bind: address already in use\"}\n400");
        assertThat(http("DELETE", "/v1/ports/9", "")).startsWith("{\"message\":\"unknown id: 9\"}\n400");
        assertThat(http("DELETE", "/v1/ports/x", ""))
                .startsWith("{\"message\":\"bad id x: ")
                .contains("\n400 ");
        assertThat(http("DELETE", "/v1/ports/1", "")).isEqualTo("200 ");
        assertThat(http("GET", "/v1/ports", "")).startsWith("null\n");
        assertThat(http("PUT", "/v1/ports", "")).isEqualTo("405 ");
        assertThat(http("GET", "/v2/info", "")).isEqualTo("404 page not found\n404 text/plain; charset=utf-8");
    }

    @Test
    void without_a_port_driver_the_api_says_so() throws Exception {
        launcher.start("sleep", "600");
        assertThat(http("GET", "/v1/info", "")).doesNotContain("Driver");
        assertThat(http("GET", "/v1/ports", ""))
                .isEqualTo("{\"message\":\"no PortDriver is available\"}\n400 text/plain; charset=utf-8");
    }

    @Test
    void rootlessctl_shows_and_changes_ports() throws Exception {
        var port = free();
        serve("--net=slirp4netns", "--disable-host-loopback", "--port-driver=builtin");
        assertThat(control("info").out())
                .startsWith("- REST API version: 1.1.1\n- Implementation version: 3.")
                .contains("""
                        - Network Driver: slirp4netns
                          - DNS: [10.0.2.3]
                          - IP: 10.0.2.100
                        - Port Driver: builtin
                          - Supported protocols: [tcp tcp4 tcp6 udp udp4 udp6]
                        """);
        assertThat(control("info", "--json").out()).startsWith("{\n    \"apiVersion\": \"1.1.1\",\n");
        assertThat(control("add-ports", "127.0.0.1:" + port + ":80/tcp", "127.0.0.1:" + port + ":53/udp")
                        .out())
                .isEqualTo("1\n2\n");
        assertThat(control("list-ports").out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly(
                        "ID PROTO PARENTIP PARENTPORT CHILDIP CHILDPORT",
                        "1 tcp 127.0.0.1 " + port + " 80",
                        "2 udp 127.0.0.1 " + port + " 53");
        assertThat(control("list-ports", "--json").out().lines())
                .first()
                .asString()
                .isEqualTo("{\"id\":1,\"spec\":{\"proto\":\"tcp\",\"parentIP\":\"127.0.0.1\",\"parentPort\":" + port
                        + ",\"childPort\":80}}");
        assertThat(control("remove-ports", "1").out()).isEqualTo("1\n");
        var gone = control("remove-ports", "1");
        assertThat(gone.status()).isEqualTo(1);
        assertThat(gone.err()).isEqualTo("error: unknown id: 1\n");
        assertThat(control("add-ports", "nonsense").err())
                .isEqualTo("error: missing proto in PortSpec string: \"nonsense\"\n");
        assertThat(control("add-ports").err()).isEqualTo("error: no port specified\n");
        assertThat(launcher.runRaw(Map.of(), List.of(Launcher.program().replace("rootlesskit", "rootlessctl"), "info"))
                        .err())
                .isEqualTo("error: please specify --socket or set $ROOTLESSKIT_STATE_DIR\n");
    }

    @Test
    void removing_a_port_ends_its_connections() throws Exception {
        var port = free();
        serve("--net=none", "--port-driver=builtin", "-p", "127.0.0.1:" + port + ":80/tcp");
        try (var client = connect("127.0.0.1", port)) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            assertThat(http("DELETE", "/v1/ports/1", "")).isEqualTo("200 ");
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThatThrownBy(() -> connect("127.0.0.1", port)).isInstanceOf(IOException.class);
    }

    @Test
    void a_refused_target_resets_the_client() throws Exception {
        var port = free();
        launcher.start("--net=none", "--port-driver=builtin", "-p", "127.0.0.1:" + port + ":9/tcp", "sleep", "600");
        // the reset may be there before the client has looked whether it is connected
        assertThatThrownBy(() -> ask("127.0.0.1", port, "x")).isInstanceOf(SocketException.class);
    }

    @Test
    void two_hundred_connections_at_once_keep_their_ends_apart() throws Exception {
        var port = free();
        serve("--net=none", "--port-driver=builtin", "-p", "127.0.0.1:" + port + ":80/tcp");
        var sent = new byte[200_000];
        new Random(3).nextBytes(sent);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Boolean>>();
            for (var i = 0; i < 200; i++) {
                answers.add(threads.submit(() -> {
                    try (var client = connect("127.0.0.1", port)) {
                        threads.submit(() -> {
                            client.getOutputStream().write(sent);
                            client.shutdownOutput();
                            return true;
                        });
                        return Arrays.equals(client.getInputStream().readAllBytes(), sent);
                    }
                }));
            }
            for (var answer : answers) {
                assertThat(answer.get()).isTrue();
            }
        }
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void a_thousand_ports_and_a_hundred_thousand_connections_leave_nothing() throws Exception {
        var process = serve("--net=none", "--port-driver=builtin");
        var words = new ArrayList<>(List.of("add-ports"));
        for (var port = 20_000; words.size() <= 1000; port++) {
            words.add("127.0.0.9:" + port + ":80/tcp");
        }
        var added = control(words.toArray(String[]::new));
        assertThat(added.err()).isEmpty();
        assertThat(added.out().lines()).hasSize(1000);
        for (var port = 20_000; port < 21_000; port += 9) {
            assertThat(ask("127.0.0.9", port, "x")).isEqualTo("x");
        }
        var forwarder = forwarder(process);
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> descriptors(forwarder) < 1100);
        var threads = threads(forwarder);
        askAgainAndAgain(20_000);
        var memory = megabytes(forwarder);
        askAgainAndAgain(80_000);
        assertThat(threads(forwarder)).isLessThanOrEqualTo(threads + 1);
        assertThat(megabytes(forwarder)).isLessThan(memory + 10);
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> descriptors(forwarder) < 1100);
    }

    /// From several threads, over all the thousand ports.
    private static void askAgainAndAgain(int times) throws Exception {
        var clients = 8;
        try (var pool = Executors.newFixedThreadPool(clients)) {
            var answers = new ArrayList<Future<?>>();
            for (var client = 0; client < clients; client++) {
                var first = client;
                answers.add(pool.submit(() -> {
                    for (var i = first; i < times; i += clients) {
                        assertThat(ask("127.0.0.9", 20_000 + i % 1000, "y")).isEqualTo("y");
                    }
                    return true;
                }));
            }
            for (var answer : answers) {
                answer.get();
            }
        }
    }

    private static long megabytes(ProcessHandle process) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .sum();
    }

    private static ProcessHandle forwarder(Process rootlesskit) {
        return rootlesskit
                .children()
                .filter(handle -> Launcher.commandLine(handle.pid()).contains("PortMain"))
                .findFirst()
                .orElseThrow();
    }

    private static long descriptors(ProcessHandle process) throws IOException {
        try (var files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        }
    }

    private static long threads(ProcessHandle process) throws IOException {
        try (var files = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            return files.count();
        }
    }

    @Test
    void the_forwarder_is_replaced_when_it_dies() throws Exception {
        var port = free();
        var process = serve("--net=none", "--port-driver=builtin", "-p", "127.0.0.1:" + port + ":80/tcp");
        assertThat(ask("127.0.0.1", port, "one")).isEqualTo("one");
        var first = forwarder(process);
        Launcher.signal(first.pid(), "KILL");
        // never refused: the socket stays open on the host
        assertThat(ask("127.0.0.1", port, "two")).isEqualTo("two");
        assertThat(forwarder(process).pid()).isNotEqualTo(first.pid());
    }

    @Test
    void a_port_that_cannot_be_had_ends_the_start() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var ended = launcher.run(
                    "--net=none",
                    "--port-driver=builtin",
                    "-p",
                    "127.0.0.1:" + taken.getLocalPort() + ":80/tcp",
                    "sleep",
                    "600");
            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.err())
                    .contains("[rootlesskit:parent] error: failed to expose port {tcp 127.0.0.1 ")
                    .contains("bind: address already in use");
        }
        var low = launcher.run("--net=none", "--port-driver=builtin", "-p", "127.0.0.1:81:80/tcp", "sleep", "600");
        if (unprivilegedStart() > 81) {
            assertThat(low.err())
                    .contains("cannot expose privileged port 81, you can add 'net.ipv4.ip_unprivileged_port_start=81'");
        }
        assertThat(launcher.state()).doesNotExist();
    }

    private static int unprivilegedStart() throws IOException {
        return Integer.parseInt(Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                .strip());
    }

    @Test
    void slirp4netns_forwards_ports_itself() throws Exception {
        var port = free();
        var process = serve(
                "--net=slirp4netns",
                "--disable-host-loopback",
                "--port-driver=slirp4netns",
                "-p",
                "127.0.0.1:" + port + ":80/tcp");
        assertThat(ask("127.0.0.1", port, "by slirp")).isEqualTo("by slirp");
        assertThat(http("GET", "/v1/info", "")).contains("\"disallowLoopbackChildIP\":true");
        assertThat(http("GET", "/v1/ports", "")).contains("\"parentPort\":" + port);
        assertThat(http("POST", "/v1/ports", "{\"proto\":\"tcp6\",\"parentPort\":1,\"childPort\":1}"))
                .startsWith("{\"message\":\"unsupported port protocol tcp6\"}\n400");
        var id = http("GET", "/v1/ports", "").replaceAll("^.*\"id\":(\\d+).*(?s:.*)$", "$1");
        assertThat(http("DELETE", "/v1/ports/" + id, "")).isEqualTo("200 ");
        assertThatThrownBy(() -> connect("127.0.0.1", port)).isInstanceOf(IOException.class);
        Launcher.signal(process.pid(), "TERM");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
}
