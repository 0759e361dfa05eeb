package dev.coracle.forwarding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestTest {
    private static final Request REQUEST = new Request(
            "1.0", "ctr", List.of("images", "", "schön"), Path.of("/home/me"), Map.of("A", "1=2", "PATH", "/bin"));

    @Test
    void what_is_sent_is_what_is_read() throws Exception {
        assertThat(Request.decode(ByteBuffer.wrap(REQUEST.encode()))).isEqualTo(REQUEST);
    }

    @Test
    void every_cut_is_refused() {
        var whole = REQUEST.encode();
        for (var length = 0; length < whole.length; length++) {
            var part = ByteBuffer.wrap(whole, 0, length);
            assertThatThrownBy(() -> Request.decode(part)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void more_than_a_request_is_refused() {
        var more = new ByteArrayOutputStream();
        more.writeBytes(REQUEST.encode());
        more.write(0);
        assertThatThrownBy(() -> Request.decode(ByteBuffer.wrap(more.toByteArray())))
                .hasMessageContaining("1 bytes too many");
    }

    @Test
    void numbers_that_promise_more_than_there_is_take_no_room() {
        var many = ByteBuffer.allocate(64)
                .putInt(0)
                .putInt(0)
                .putInt(1)
                .put((byte) '/')
                .putInt(Integer.MAX_VALUE)
                .flip();
        assertThatThrownBy(() -> Request.decode(many)).hasMessageContaining("2147483647 words");
        assertThatThrownBy(() ->
                        Request.decode(ByteBuffer.allocate(4).putInt(0x7fffffff).flip()))
                .hasMessageContaining("ends within a word");
        assertThatThrownBy(
                        () -> Request.decode(ByteBuffer.allocate(4).putInt(-1).flip()))
                .hasMessageContaining("ends within a word");
    }

    @Test
    void words_that_are_no_text_are_refused_by_name() {
        assertThatThrownBy(() -> Request.decode(words("1.0", "c\0tr"))).hasMessage("the program holds a zero byte");
        assertThatThrownBy(() -> Request.decode(words("1.0", "ctr", "home")))
                .hasMessage("the working directory \"home\" is no absolute path");
        var latin = ByteBuffer.allocate(8).putInt(1).put((byte) 0xe9).flip();
        assertThatThrownBy(() -> Request.decode(latin))
                .hasMessageContaining("release")
                .hasMessageContaining("UTF-8");
    }

    private static ByteBuffer words(String... words) {
        var out = new ByteArrayOutputStream();
        for (var word : words) {
            var bytes = word.getBytes(UTF_8);
            out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
            out.writeBytes(bytes);
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    @Test
    void answers_are_what_was_sent() throws Exception {
        for (var answer : List.of(
                new Answer.Exit(137),
                new Answer.Killed(dev.coracle.linux.Signal.PIPE),
                new Answer.Refused("no", "go"),
                new Answer.Refused("no", ""),
                new Answer.Watch(Call.ASKING))) {
            var incoming = new Incoming();
            incoming.add(Wire.opening());
            for (var b : answer.frame()) {
                incoming.add(new byte[] {b});
            }
            assertThat(Answer.of(incoming.next(Wire.LARGEST_ANSWER).orElseThrow()))
                    .isEqualTo(answer);
        }
    }

    @Test
    void a_frame_that_is_too_large_is_refused_by_its_header() throws Exception {
        var incoming = new Incoming();
        incoming.add(Wire.opening());
        incoming.add(ByteBuffer.allocate(8).putInt(2).putInt(65).array());
        assertThatThrownBy(() -> incoming.next(Wire.LARGEST_NOTICE)).hasMessageContaining("65");
    }
}
