package dev.coracle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleLogTest {
    private static final String TIME = "2026-11-23T18:10:46.298301539+00:00 stdout ";

    private static ConsoleLog.Decoded decode(String log) {
        var bytes = log.getBytes(StandardCharsets.UTF_8);
        return ConsoleLog.decode(bytes, bytes.length);
    }

    private static String text(ConsoleLog.Decoded decoded) {
        return new String(decoded.output(), StandardCharsets.UTF_8);
    }

    @Test
    void whole_lines_get_their_newline_back_and_pieces_do_not() {
        var log = TIME + "F one\r\n" + TIME + "P two\n" + TIME + "P \n" + TIME + "F  three \r\n" + TIME + "F \n";
        assertThat(text(decode(log))).isEqualTo("one\r\ntwo three \r\n\n");
    }

    @Test
    void what_looks_like_a_line_of_the_log_is_still_only_text() {
        var log = TIME + "F " + TIME + "F nested\n";
        assertThat(text(decode(log))).isEqualTo(TIME + "F nested\n");
    }

    @Test
    void an_unfinished_line_is_left_for_later() {
        var whole = TIME + "F one\n";
        var decoded = decode(whole + TIME + "F tw");
        assertThat(text(decoded)).isEqualTo("one\n");
        assertThat(decoded.consumed()).isEqualTo(whole.length());
        assertThat(decode("").consumed()).isZero();
    }

    @Test
    void bytes_that_are_no_text_survive() {
        var line = (TIME + "P ?\n").getBytes(StandardCharsets.UTF_8);
        line[line.length - 2] = (byte) 0xff;
        assertThat(ConsoleLog.decode(line, line.length).output()).containsExactly(0xff);
    }

    @Test
    void a_line_that_is_not_conmons_is_shown_as_it_is() {
        assertThat(text(decode("strange\n"))).isEqualTo("strange\n");
    }
}
