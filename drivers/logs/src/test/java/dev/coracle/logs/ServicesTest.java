package dev.coracle.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.logs.LogEntry;
import dev.coracle.core.logs.LogSource;
import dev.coracle.linux.Fd;
import dev.coracle.linux.UnixSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against real sockets; what arrives is compared with the specifications.
@Timeout(60)
class ServicesTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final LogSource SOURCE = new LogSource(
            "0123456789abcdef",
            "web",
            "nginx:alpine",
            "sha256:fedcba9876543210",
            Map.of("tier", "front", "other", "no"),
            List.of("ZONE=a", "SECRET=b"));
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Services services;

    @BeforeEach
    void make() {
        services = new Services(folder.resolve("journal"), folder.resolve("log"));
    }

    private static LogEntry line(String text) {
        return new LogEntry(TIME, false, text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static String received(Fd socket) throws IOException {
        var buffer = new byte[1 << 16];
        return new String(buffer, 0, socket.read(buffer, 0, buffer.length), StandardCharsets.ISO_8859_1);
    }

    private static String received(DatagramSocket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        var packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void a_journal_gets_fields_with_their_lengths() throws IOException {
        try (var journal = UnixSocket.listen(folder.resolve("journal"), UnixSocket.Type.DATAGRAM, 1);
                var sink = services.open("journald", Map.of("labels", "tier", "env", "ZONE"), SOURCE)) {
            sink.send(new LogEntry(TIME, true, "a\nb=c".getBytes(StandardCharsets.UTF_8), true));
            assertThat(received(journal))
                    .contains("MESSAGE\n\5\0\0\0\0\0\0\0a\nb=c\n")
                    .contains("PRIORITY\n\1\0\0\0\0\0\0\0" + "3\n")
                    .contains("CONTAINER_PARTIAL_MESSAGE\n")
                    .contains("CONTAINER_NAME\n\3\0\0\0\0\0\0\0web\n")
                    .contains("CONTAINER_ID\n\14\0\0\0\0\0\0\0" + "0123456789ab\n")
                    .contains("SYSLOG_IDENTIFIER\n\14\0\0\0\0\0\0\0" + "0123456789ab\n")
                    .contains("TIER\n\5\0\0\0\0\0\0\0front\n")
                    .contains("ZONE\n\1\0\0\0\0\0\0\0a\n")
                    .doesNotContain("SECRET", "OTHER");
        }
        assertThatThrownBy(() -> services.open("journald", Map.of(), SOURCE).send(line("x")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void this_machines_syslog_gets_datagrams_without_a_host() throws IOException {
        try (var log = UnixSocket.listen(folder.resolve("log"), UnixSocket.Type.DATAGRAM, 1);
                var sink = services.open("syslog", Map.of("tag", "{{.ImageName}}/{{.Name}}/{{.ID}}"), SOURCE)) {
            sink.send(line("hello"));
            assertThat(received(log))
                    .matches(
                            "<30>[A-Z][a-z]{2} [ 0-9]\\d \\d\\d:\\d\\d:\\d\\d nginx:alpine/web/0123456789ab\\[\\d+]: hello");
        }
    }

    @Test
    void a_syslog_elsewhere_gets_what_its_format_says() throws IOException {
        try (var server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var address = "udp://127.0.0.1:" + server.getLocalPort();
            try (var sink =
                    services.open("syslog", Map.of("syslog-address", address, "syslog-facility", "local3"), SOURCE)) {
                sink.send(new LogEntry(TIME, true, new byte[] {'x'}, false));
                assertThat(received(server))
                        .matches("<155>[A-Z][a-z]{2} [ 0-9]\\d [0-9:]{8} \\S+ 0123456789ab\\[\\d+]: x");
            }
            try (var sink = services.open(
                    "syslog", Map.of("syslog-address", address, "syslog-format", "rfc5424micro"), SOURCE)) {
                sink.send(line("y"));
                assertThat(received(server))
                        .matches("<30>1 2026-01-0\\dT\\d\\d:\\d\\d:05\\.678901(Z|[+-]\\d\\d:\\d\\d) \\S+"
                                + " 0123456789ab \\d+ 0123456789ab - y");
            }
        }
    }

    @Test
    void lines_over_a_stream_have_an_end() throws IOException {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var sink = services.open(
                        "syslog", Map.of("syslog-address", "tcp://127.0.0.1:" + server.getLocalPort()), SOURCE);
                var client = server.accept()) {
            client.setSoTimeout(PATIENCE_MILLIS);
            sink.send(line("one"));
            sink.send(line("two"));
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            assertThat(in.readLine()).endsWith("]: one");
            assertThat(in.readLine()).endsWith("]: two");
        }
    }

    @Test
    void fluentd_gets_messages_and_acknowledges_them() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var sink = services.open(
                        "fluentd",
                        Map.of(
                                "fluentd-address", "127.0.0.1:" + server.getLocalPort(),
                                "fluentd-request-ack", "true",
                                "fluentd-sub-second-precision", "true",
                                "tag", "docker.{{.Name}}"),
                        SOURCE);
                var client = server.accept()) {
            var sent = Thread.ofVirtual().start(() -> {
                try {
                    sink.send(line("hello"));
                } catch (IOException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            client.setSoTimeout(PATIENCE_MILLIS);
            // array of four, the tag, and a time of seconds and nanoseconds
            var head = client.getInputStream().readNBytes(1 + 1 + 10 + 2 + 8);
            assertThat(HexFormat.of().formatHex(head))
                    .isEqualTo("94" + "aa" + HexFormat.of().formatHex("docker.web".getBytes(StandardCharsets.UTF_8))
                            + "d700" + "%08x%08x".formatted(TIME.getEpochSecond(), TIME.getNano()));
            var rest = new String(client.getInputStream().readNBytes(99), StandardCharsets.ISO_8859_1);
            assertThat(rest)
                    .startsWith("\u0084\u00accontainer_id\u00b00123456789abcdef\u00aecontainer_name\u00a4/web")
                    .contains("\u00a6source\u00a6stdout\u00a3log\u00a5hello")
                    .endsWith("\u0081\u00a5chunk\u00b0" + "0000000000000001");
            assertThat(sent.isAlive()).isTrue();
            client.getOutputStream()
                    .write(new MessagePack()
                            .map(1)
                            .text("ack")
                            .text("0000000000000001")
                            .bytes());
            sent.join();
        }
    }

    @Test
    void a_server_that_is_not_there_is_an_error_at_once() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        assertThatThrownBy(() -> services.open("fluentd", Map.of("fluentd-address", "127.0.0.1:" + port), SOURCE))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> services.open("journald", Map.of(), SOURCE)).isInstanceOf(IOException.class);
    }

    @Test
    void options_are_looked_at_before_anything_is_made() {
        services.check("syslog", Map.of("syslog-address", "tcp+tls://[::1]:6514", "tag", "{{.Name}}", "mode", "x"));
        services.check("fluentd", Map.of("fluentd-address", "unix:///run/fluentd.sock", "fluentd-async", "true"));
        refused("syslog", "syslog-address", "http://host");
        refused("syslog", "syslog-address", "udp://:514");
        refused("syslog", "syslog-address", "udp://host:99999");
        refused("syslog", "syslog-address", "unix://relative");
        refused("syslog", "syslog-facility", "nobody");
        refused("syslog", "syslog-format", "rfc9");
        refused("syslog", "tag", "{{.Nothing");
        refused("syslog", "fluentd-async", "true");
        refused("fluentd", "fluentd-async", "perhaps");
        refused("fluentd", "fluentd-buffer-limit", "1");
        refused("journald", "env-regex", "(");
        refused("gelf", "gelf-address", "udp://host:1");
    }

    private void refused(String driver, String key, String value) {
        assertThatThrownBy(() -> services.check(driver, Map.of(key, value)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining(driver.equals("gelf") ? "gelf" : key.startsWith("fluentd-a") ? "fluentd-a" : key);
    }
}
