package dev.coracle.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.api.bootstrap.BootstrapResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapTest {
    private static final Path SOCKET = Path.of("/run/containerd/s/0123");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void the_oldest_answer_is_an_address() {
        assertThat(Bootstrap.parse(bytes("unix:///run/containerd/s/0123\n"))).isEqualTo(new Bootstrap(2, SOCKET));
    }

    @Test
    void the_next_is_json() {
        assertThat(Bootstrap.parse(bytes("""
                {"version":3,"address":"unix:///run/containerd/s/0123","protocol":"ttrpc"}"""))).isEqualTo(new Bootstrap(3, SOCKET));
    }

    @Test
    void the_newest_is_a_message() {
        var answer = BootstrapResult.newBuilder()
                .setVersion(3)
                .setAddress("unix:///run/containerd/s/0123")
                .setProtocol("ttrpc")
                .build();
        assertThat(Bootstrap.parse(answer.toByteArray())).isEqualTo(new Bootstrap(3, SOCKET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":4,\"address\":\"unix:///s\",\"protocol\":\"ttrpc\"}",
                "{\"version\":3,\"address\":\"unix:///s\",\"protocol\":\"grpc\"}",
                "{\"version\":3,\"address\":\"vsock://3:1\",\"protocol\":\"ttrpc\"}",
                "{\"version\":3,\"address\":\"unix://s\",\"protocol\":\"ttrpc\"}"
            })
    void what_cannot_be_spoken_to_is_refused(String answer) {
        assertThatThrownBy(() -> Bootstrap.parse(bytes(answer))).isInstanceOf(NotImplemented.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "panic: no\nmemory", "{", "\u0001\u0002"})
    void what_is_no_answer_is_shown_without_control_characters(String answer) {
        assertThatThrownBy(() -> Bootstrap.parse(bytes(answer)))
                .isInstanceOf(FailedPrecondition.class)
                .message()
                .doesNotContainPattern("\\p{Cntrl}");
    }

    @Test
    void a_later_daemon_reads_what_was_written(@TempDir Path bundle) throws Exception {
        assertThat(Bootstrap.read(bundle)).isEmpty();
        new Bootstrap(3, SOCKET).write(bundle);
        assertThat(Bootstrap.read(bundle)).contains(new Bootstrap(3, SOCKET));
    }

    @Test
    void the_address_file_of_older_daemons_is_read(@TempDir Path bundle) throws Exception {
        Files.writeString(bundle.resolve("address"), "unix://" + SOCKET);
        assertThat(Bootstrap.read(bundle)).contains(new Bootstrap(2, SOCKET));
    }
}
