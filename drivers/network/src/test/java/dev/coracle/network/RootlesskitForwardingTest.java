package dev.coracle.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a launcher that says what the real one says.
class RootlesskitForwardingTest {
    private static final InetAddress TARGET = InetAddress.ofLiteral("10.4.0.2");

    @TempDir
    Path folder;

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<String> answers = Collections.synchronizedList(new ArrayList<>());
    private ServerSocketChannel server;
    private RootlesskitForwarding forwarding;

    @BeforeEach
    void start() throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("api.sock")));
        Thread.ofVirtual().start(this::serve);
        forwarding = new RootlesskitForwarding(folder.resolve("api.sock"), new Random(1));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void serve() {
        while (server.isOpen()) {
            try (var client = server.accept()) {
                var buffer = ByteBuffer.allocate(4096);
                var text = "";
                do {
                    client.read(buffer);
                    text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
                } while (!text.contains("\r\n\r\n") || (text.startsWith("POST") && !text.endsWith("}")));
                asked.add(text.lines().findFirst().orElse("") + " " + text.substring(text.indexOf("\r\n\r\n") + 4));
                var answer = answers.removeFirst();
                client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static String said(int status, String body) {
        return "HTTP/1.0 " + status + " Whatever\r\nContent-Type: x\r\n\r\n" + body;
    }

    @Test
    void a_port_is_added_and_deleted_by_its_number() throws Exception {
        answers.addAll(List.of(said(200, "null\n"), said(201, "{\"id\": 7, \"spec\": {}}"), said(200, "")));
        var port = forwarding.open(new PortBinding(Protocol.TCP, "0.0.0.0", 8080, 80), TARGET);
        assertThat(port.binding().sourceKept()).isFalse();
        port.close();
        assertThat(asked)
                .containsExactly(
                        "GET /v1/ports HTTP/1.0 ",
                        "POST /v1/ports HTTP/1.0 {\"proto\":\"tcp\",\"parentIP\":\"0.0.0.0\",\"parentPort\":8080,"
                                + "\"childIP\":\"10.4.0.2\",\"childPort\":80}",
                        "DELETE /v1/ports/7 HTTP/1.0 ");
    }

    @Test
    void a_port_that_a_daemon_before_had_made_is_taken_over() throws Exception {
        answers.addAll(List.of(said(200, """
                        [{"id":3,"spec":{"proto":"udp4","parentIP":"127.0.0.1","parentPort":53,
                          "childIP":"10.4.0.2","childPort":53}}]"""), said(200, "")));
        forwarding
                .open(new PortBinding(Protocol.UDP, "127.0.0.1", 53, 53), TARGET)
                .close();
        assertThat(asked).last().isEqualTo("DELETE /v1/ports/3 HTTP/1.0 ");
    }

    @Test
    void refusals_become_ours() {
        refused("listen tcp 0.0.0.0:80: bind: address already in use", Conflict.class);
        refused("no PortDriver is available", FailedPrecondition.class);
        refused("cannot expose privileged port 80, ...: permission denied", PermissionDenied.class);
    }

    private void refused(String message, Class<? extends Exception> kind) {
        answers.addAll(List.of(said(200, "[]"), said(400, "{\"message\":\"" + message + "\"}")));
        assertThatThrownBy(() -> forwarding.open(new PortBinding(Protocol.TCP, "0.0.0.0", 80, 80), TARGET))
                .isInstanceOf(kind)
                .hasMessageStartingWith("publish port 0.0.0.0:80/tcp: ");
    }

    @Test
    void a_free_port_is_looked_for_until_one_is_had() throws Exception {
        answers.addAll(List.of(
                said(200, "[]"),
                said(400, "{\"message\":\"conflict with ID 1\"}"),
                said(200, "[]"),
                said(201, "{\"id\":2}")));
        var port = forwarding.open(new PortBinding(Protocol.TCP, "0.0.0.0", 0, 80), TARGET);
        assertThat(port.binding().hostPort()).isBetween(49_153, 65_535);
    }

    @Test
    void nonsense_and_silence_are_told() {
        answers.add("hello");
        assertThatThrownBy(() -> forwarding.open(new PortBinding(Protocol.TCP, "0.0.0.0", 80, 80), TARGET))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("not an HTTP answer");
        var nobody = new RootlesskitForwarding(folder.resolve("absent"), new Random(1));
        assertThatThrownBy(() -> nobody.open(new PortBinding(Protocol.TCP, "0.0.0.0", 80, 80), TARGET))
                .isInstanceOf(Unavailable.class);
    }
}
