package dev.coracle.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetachKeysTest {
    private static DetachKeys.Typed type(DetachKeys keys, String text) {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return keys.type(bytes, bytes.length);
    }

    private static String passed(DetachKeys.Typed typed) {
        return new String(typed.bytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void the_keys_detach_and_are_not_passed_on() {
        var typed = type(DetachKeys.parse("ctrl-p,ctrl-q"), "ls\n\u0010\u0011rest");
        assertThat(typed.detach()).isTrue();
        assertThat(passed(typed)).isEqualTo("ls\n");
    }

    @Test
    void keys_may_come_one_by_one_and_a_false_beginning_is_passed_on() {
        var keys = DetachKeys.parse("ctrl-p,ctrl-q");
        assertThat(passed(type(keys, "\u0010"))).isEmpty();
        assertThat(passed(type(keys, "x"))).isEqualTo("\u0010x");
        assertThat(passed(type(keys, "\u0010\u0010"))).isEqualTo("\u0010");
        assertThat(type(keys, "\u0011").detach()).isTrue();
    }

    @Test
    void without_keys_everything_is_passed_on() {
        var typed = type(DetachKeys.parse(""), "\u0010\u0011");
        assertThat(typed.detach()).isFalse();
        assertThat(passed(typed)).isEqualTo("\u0010\u0011");
    }

    @Test
    void letters_and_signs_are_keys_too() {
        assertThat(type(DetachKeys.parse("a,ctrl-]"), "a\u001d").detach()).isTrue();
        assertThat(type(DetachKeys.parse("ctrl-@"), "\0").detach()).isTrue();
        for (var wrong : List.of("ctrl-", "ctrl-1", "ab", "ctrl-p,")) {
            assertThatThrownBy(() -> DetachKeys.parse(wrong)).isInstanceOf(InvalidArgument.class);
        }
    }
}
